using Culvert.Identity.Service.Events;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>Clients that registered themselves were removed, because they had no sign-in since that time.</summary>
internal sealed record OAuthClientsRemoved(
    AuditOrigin Origin,
    string Organization,
    int Count,
    DateTimeOffset UnusedSince
)
    : AuditEvent(
        AuditEvents.OAuthClientsRemoved,
        Origin,
        Organization,
        [],
        [("count", Count), ("unused_since", UtcTimeConverter.Format(UnusedSince))]
    );
