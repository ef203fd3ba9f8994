using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Which agents may enrol for which tunnel (S3, S5); checked again at every renewal (S4).</summary>
internal sealed class AgentAdmission(
    TunnelStore tunnels,
    RegisteredCertificateStore anchors,
    IFederationValidity federation,
    Current<AgentOptions> options,
    TimeProvider time
)
{
    public async ValueTask<Result<Tunnel>> AdmitAsync(
        Caller caller,
        string tunnelId,
        IPAddress source,
        CancellationToken cancellationToken
    )
    {
        if (caller.Kind == CallerKind.TunnelToken)
        {
            if (caller.TunnelId != tunnelId)
            {
                return EnrollmentErrors.TunnelNotNamed.Refuse();
            }

            var own = await tunnels.FindAsync(tunnelId, cancellationToken);
            return await CheckTunnelTokenAsync(own!, source, cancellationToken) is { } refusal ? refusal : own!;
        }

        return TunnelAdmission.Admit(
            await tunnels.FindAsync(tunnelId, cancellationToken),
            caller,
            Scopes.TunnelAgent,
            EnrollmentErrors.TunnelNotNamed
        );
    }

    /// <summary>Checks every element of an enrolment without a new proof.</summary>
    public async ValueTask<Result<Tunnel>> ReadmitAsync(
        AgentEnrollmentState enrollment,
        IPAddress source,
        CancellationToken cancellationToken
    )
    {
        var tunnel = await tunnels.FindAsync(enrollment.TunnelId.Value, cancellationToken);
        if (tunnel is null or { IsArchived: true })
        {
            return TunnelErrors.Archived.Refuse();
        }

        if (time.GetUtcNow() - enrollment.LastProofAt > options.Value.MaxSinceProof)
        {
            return EnrollmentErrors.RenewalProofExpired.Refuse();
        }

        if (enrollment.Proof.Method == EnrollmentMethod.Federation)
        {
            var rule = await federation.FindAsync(
                enrollment.OrganizationId,
                enrollment.WorkspaceId,
                enrollment.Proof,
                cancellationToken
            );
            return rule?.TunnelIds.Contains(tunnel.Id.Value) == true
                ? tunnel
                : EnrollmentErrors.RenewalDisabled.Refuse();
        }

        if (enrollment.Proof.TokenId != tunnel.TokenId.Value)
        {
            return EnrollmentErrors.RenewalTokenRotated.Refuse();
        }

        return await CheckTunnelTokenAsync(tunnel, source, cancellationToken) is { } refusal ? refusal : tunnel;
    }

    /// <summary>What must still hold when the certificate's intent is committed.</summary>
    public IReadOnlyList<Statement> Require(AgentEnrollmentState enrollment) =>
        enrollment.Proof.Method == EnrollmentMethod.Federation
            ? federation.Require(enrollment.WorkspaceId, enrollment.Proof, enrollment.TunnelId.Value)
            : [];

    // S5: never with a service-held authority unless allowed, and only from named addresses.
    private async ValueTask<Refusal?> CheckTunnelTokenAsync(
        Tunnel tunnel,
        IPAddress source,
        CancellationToken cancellationToken
    )
    {
        if (tunnel.IsArchived)
        {
            return TunnelErrors.Archived.Refuse();
        }

        if (!tunnel.AllowTunnelToken)
        {
            var live = await anchors.ListLiveAsync(tunnel.Id, cancellationToken);
            if (live.Any(anchor => anchor.AuthorityId is not null))
            {
                return EnrollmentErrors.Method.Refuse();
            }
        }

        if (tunnel.AgentSourceRanges.Count == 0)
        {
            return EnrollmentErrors.SourceRangesEmpty.Refuse();
        }

        return tunnel.AgentSourceRanges.Any(range => IPNetwork.Parse(range).Contains(source))
            ? null
            : EnrollmentErrors.Source.Refuse().With("source", JsonValue.Create(source.ToString()));
    }
}
