using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Tunnel certificate authorities that wait for an operator or expire soon.</summary>
internal sealed class AuthoritiesStatus(
    TunnelAuthorityStore authorities,
    Current<CertificateOptions> options,
    Current<NoticeOptions> notices,
    TimeProvider time
) : StatusCheck("authorities", AuthorityOperations.List)
{
    private static readonly PageRequest Newest = new(PageRequest.MaxLimit, long.MaxValue, IncludeArchived: false);

    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var rows = await authorities.ListAsync(
            caller.OrganizationId,
            caller.WorkspaceId,
            tunnelId: null,
            Newest,
            cancellationToken
        );
        var all = Newest.Cut(rows, authority => authority.Ordinal).Data;
        var single = options.Value.SingleApproval ? " One person approves them (certificates.approval: single)." : "";
        var first = all.Where(authority => IsInUse(authority.State)).Min(authority => authority.NotAfter);
        return
        [
            .. all.Select(Judge).OfType<DoctorFinding>(),
            rows.Count > all.Count
                ? Unknown(
                    subject: null,
                    $"Only the newest {all.Count} certificate authorities were checked.",
                    "culvert ca list --all"
                )
            : first is { } end
                ? Ok($"No certificate authority waits for a person; the first expires at {end:u}.{single}")
            : Ok($"No certificate authority waits for a person.{single}"),
        ];
    }

    private static bool IsInUse(AuthorityState state) =>
        state is AuthorityState.Staged or AuthorityState.Active or AuthorityState.Suspended;

    /// <summary>Null = it is active, waits for the service, or is retired.</summary>
    private DoctorFinding? Judge(TunnelAuthority authority)
    {
        var id = authority.Id.Value;
        var name = $"Certificate authority {authority.Name} ({id})";
        var next = AuthorityNextSteps.Describe(authority) ?? $"culvert ca status {id}";
        if (authority.State is AuthorityState.Tainted or AuthorityState.Rejected)
        {
            return Problem(id, $"{name}: {AuthorityNextSteps.Explain(authority)}", next);
        }

        if (
            authority.State
            is AuthorityState.CsrIssued
                or AuthorityState.CertUploaded
                or AuthorityState.Verified
                or AuthorityState.Suspended
        )
        {
            return Warning(id, $"{name}: {AuthorityNextSteps.Explain(authority)}", next);
        }

        return IsInUse(authority.State) && authority.NotAfter is { } end
            ? Expiry.Judge(
                Id,
                new AuthorityEnd("certificate_authority", id, authority.Name, end),
                time.GetUtcNow(),
                notices.Value
            )
            : null;
    }
}
