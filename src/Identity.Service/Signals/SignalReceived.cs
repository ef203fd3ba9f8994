using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Signals;

/// <summary>
/// A security event token was accepted and withdraws no access; one that does is a <c>person_off_boarded</c>.
/// </summary>
internal sealed record SignalReceived(AuditOrigin Origin, SignalStream Stream, string TokenId, SignalEffect Effect)
    : AuditEvent(
        AuditEvents.SignalReceived,
        Origin,
        Stream.OrganizationId,
        [new("federation_issuer", Stream.IssuerId.Value)],
        [
            ("issuer_id", Stream.IssuerId.Value),
            ("transmitter_issuer", Stream.TransmitterIssuer),
            ("token_id", UntrustedText.Bounded(TokenId)),
            ("events", Effect.Events),
            ("occurred_at", Effect.OccurredAt),
            ("ignored_because", Effect.IgnoredBecause),
        ]
    );
