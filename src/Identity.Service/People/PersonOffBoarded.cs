using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.People;

/// <summary>A person's access was withdrawn.</summary>
internal sealed record PersonOffBoarded(
    AuditOrigin Origin,
    OffBoardingRequest Request,
    TokenRevocation Revocation,
    IReadOnlyList<KeyValuePair<string, int>> Effects
)
    : AuditEvent(
        AuditEvents.PersonOffBoarded,
        Origin,
        Request.Person.OrganizationId,
        [new("federation_issuer", Request.Person.IssuerId), new("token_revocation", Revocation.Id.Value)],
        [
            ("issuer_id", Request.Person.IssuerId),
            ("subject", AuditActor.Bounded(Request.Person.Subject)),
            ("subject_hash", Sha256Text.ToBase64Url(Request.Person.Subject)),
            ("source", WireNames.Get(Request.Source)),
            ("reason", Request.Reason),
            ("issued_before", UtcTimeConverter.Format(DateTimeOffset.FromUnixTimeSeconds(Revocation.IssuedBefore))),
            ("effects", AuditData.From(Effects.Select(effect => (effect.Key, (object?)effect.Value)))),
        ]
    );
