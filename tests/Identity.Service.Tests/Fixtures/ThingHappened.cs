using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tests.Fixtures;

internal sealed record ThingHappened(DateTimeOffset When, string? OrganizationId = null)
    : AuditEvent("thing_happened", AuditOrigin.System(When), OrganizationId, [], [("thing", "it")]);
