using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>An entry as targets get it.</summary>
/// <param name="Entry">As chained; without its body where retention dropped that first.</param>
/// <param name="OrganizationId">Null = the installation's own.</param>
/// <param name="Event">One of <see cref="AuditEvents"/>.</param>
/// <param name="At">When.</param>
internal sealed record ExportedEntry(AuditEntry Entry, string? OrganizationId, string Event, DateTimeOffset At);
