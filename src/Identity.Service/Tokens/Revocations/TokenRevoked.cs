using Culvert.Identity.Service.Events;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.Revocations;

internal sealed record TokenRevoked(AuditOrigin Origin, string? OrganizationId, TokenRevocation Revocation)
    : AuditEvent(
        AuditEvents.TokenRevoked,
        Origin,
        OrganizationId,
        [new("token_revocation", Revocation.Id.Value)],
        [
            ("kind", Revocation.Kind.Name()),
            ("value", Revocation.Value),
            .. AuditData.Optional("issued_before", IssuedBefore(Revocation)),
            ("reason", Revocation.Reason),
            ("ends_at", UtcTimeConverter.Format(Revocation.EndsAt)),
        ]
    )
{
    private static string? IssuedBefore(TokenRevocation revocation) =>
        revocation.Kind.KnowsTime()
            ? UtcTimeConverter.Format(DateTimeOffset.FromUnixTimeSeconds(revocation.IssuedBefore))
            : null;
}
