using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Signals;

/// <summary>A stream was set or removed: its state afterwards, or before its removal.</summary>
internal sealed record SignalStreamAudited(string Name, AuditOrigin Origin, SignalStream Stream)
    : AuditEvent(
        Name,
        Origin,
        Stream.OrganizationId,
        [new("federation_issuer", Stream.IssuerId.Value)],
        [
            ("issuer_id", Stream.IssuerId.Value),
            ("transmitter_issuer", Stream.TransmitterIssuer),
            ("jwks_uri", Stream.JwksUri),
            ("audience", Stream.Audience),
            ("enabled", Stream.IsEnabled),
            ("delivery", WireNames.Get(Stream.Delivery)),
            ("poll_url", Stream.PollUrl),
            ("has_poll_token", Stream.SealedPollToken is not null),
        ]
    );
