using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Whether a rotation job may use a tunnel; the same check for issuance and for renewal advice.</summary>
internal static class RotationAdmission
{
    /// <summary>A tunnel of another organization or workspace is treated as unknown (S1).</summary>
    public static Result<Tunnel> Admit(Tunnel? tunnel, Caller caller)
    {
        if (!caller.Has(Scopes.CertificateIssue))
        {
            return AuthErrors
                .Scope.Refuse($"This needs the scope {Scopes.CertificateIssue}.")
                .With("required_scope", Scopes.CertificateIssue);
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

        return caller.TunnelIds.Contains(tunnel.Id.Value)
            ? tunnel
            : EnrollmentErrors.CertificateTunnelNotNamed.Refuse();
    }
}
