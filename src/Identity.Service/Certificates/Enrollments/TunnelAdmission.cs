using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Whether the caller's rule lets it act for a tunnel: as an agent, or as a rotation job.</summary>
internal static class TunnelAdmission
{
    /// <summary>A tunnel of another organization or workspace is treated as unknown (S1).</summary>
    /// <param name="scope">The scope that the caller needs.</param>
    /// <param name="notNamed">The refusal when the rule does not name the tunnel.</param>
    public static Result<Tunnel> Admit(Tunnel? tunnel, Caller caller, string scope, ErrorCode notNamed)
    {
        if (!caller.Has(scope))
        {
            return AuthErrors.Scope.RefuseWithout(scope);
        }

        if (
            tunnel is null
            || caller.OrganizationId != tunnel.OrganizationId
            || caller.WorkspaceId != tunnel.WorkspaceId
        )
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (tunnel.IsArchived)
        {
            return TunnelErrors.Archived.Refuse();
        }

        return caller.TunnelIds.Contains(tunnel.Id.Value) ? tunnel : notNamed.Refuse();
    }

    /// <summary>For a rotation job; the same check for issuance and for renewal advice.</summary>
    public static Result<Tunnel> AdmitJob(Tunnel? tunnel, Caller caller) =>
        Admit(tunnel, caller, Scopes.CertificateIssue, EnrollmentErrors.CertificateTunnelNotNamed);
}
