using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Audit.Export;

/// <param name="Entry">Without its body if retention removed that first.</param>
/// <param name="OrganizationId">Null = the installation's own.</param>
/// <param name="Event">From <see cref="AuditEvents"/>.</param>
internal sealed record ExportedEntry(AuditEntry Entry, string? OrganizationId, string Event, DateTimeOffset At);
