using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>A state change of a tunnel's authority, with the authority after it.</summary>
/// <param name="Override">The override before the step, which cleared it; null = the record's own.</param>
/// <param name="Overridden">The parties that had not acknowledged when an administrator's override activated it.</param>
internal sealed record AuthorityAudited(
    string Name,
    AuditOrigin Origin,
    TunnelAuthority Authority,
    string? Reason,
    AuthorityState? From = null,
    AuthorityOverride? Override = null,
    IReadOnlyList<ActivationBlocker>? Overridden = null,
    AuthorityGuards Waived = AuthorityGuards.None,
    TunnelAuthority? Retired = null
)
    : AuditEvent(
        Name,
        Origin,
        Authority.OrganizationId,
        [new("certificate_authority", Authority.Id.Value), new("tunnel", Authority.TunnelId.Value)],
        [
            ("certificate_authority_id", Authority.Id.Value),
            ("tunnel_id", Authority.TunnelId.Value),
            ("name", Authority.Name),
            ("custody", WireNames.Get(Authority.Custody)),
            ("state", WireNames.Get(Authority.State)),
            ("previous_state", From is { } from ? WireNames.Get(from) : null),
            ("reason", Reason),
            ("certificate_fingerprint", Authority.Fingerprint),
            ("submitted_by", Authority.SubmittedBy),
            ("approved_by", Authority.ApprovedBy),
            ("tunnel_certificate_id", Authority.RegisteredCertificateId?.Value),
            ("retired_authority_id", Retired?.Id.Value),
            ("override_by", (Override ?? Authority.Override)?.By),
            ("override_reason", (Override ?? Authority.Override)?.Reason),
            ("overridden", (Overridden ?? []).Select(ToData)),
            (
                "waived",
                Enum.GetValues<AuthorityGuards>()
                    .Where(guard => guard != AuthorityGuards.None && Waived.HasFlag(guard))
                    .Select(WireNames.Get)
            ),
            ("findings", Authority.Findings.Select(finding => finding.Code)),
        ]
    )
{
    private static AuditData ToData(ActivationBlocker blocker) =>
        [
            ("kind", blocker.KindName),
            ("id", blocker.Id),
            ("since", blocker.Since),
            ("needed_epoch", blocker.NeededEpoch),
        ];
}
