using Culvert.Machine.Client.Access;
using Culvert.Platform.Doctor;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>Manual mode: the token can be read, also after a reboot. Only a renewal shows whether it is current.</summary>
internal sealed class TunnelTokenCheck : IDoctorCheck<CertificateFacts>
{
    public string Id => "tunnel_token";

    public DoctorFinding Run(CertificateFacts facts)
    {
        var identity = facts.Settings.Identity;
        if (identity.Mode != IdentityMode.Manual || identity.TunnelToken is not { } token)
        {
            return DoctorFinding.Skip(Id, "identity.mode is automatic: no tunnel token is used.");
        }

        if (token.Problem() is { } problem)
        {
            return DoctorFinding.Fail(
                Id,
                problem,
                "The agent authenticates with it at every renewal; without it its certificate expires within the hour.",
                $"culvert tunnel token reveal {facts.Settings.Tunnel.Id} --reason TEXT",
                "Write it to a file of mode 0600, and name that file in identity.tunnel_token."
            );
        }

        return token.FilePath is null
            ? DoctorFinding.Warn(
                Id,
                $"{token} is a variable of one process.",
                "It is lost with the process that set it, and a replica that was started earlier still has the old token: "
                    + "after `culvert tunnel token rotate` that one is refused at its next renewal.",
                "Write the token to a file of mode 0600 that outlives a restart: identity.tunnel_token: file:/path"
            )
            : DoctorFinding.Pass(Id, $"{token} can be read; it is read again at each use.");
    }
}
