using System.Globalization;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>Clients that trust the tunnel's bundle accept the leaf.</summary>
internal sealed class LeafChainCheck : IDoctorCheck<CertificateFacts>
{
    public string Id => "inner_chain";

    public DoctorFinding Run(CertificateFacts facts)
    {
        if (facts.Leaf is not { } leaf)
        {
            return DoctorFinding.Skip(Id, "Rests on inner_certificate.");
        }

        if (facts.State.Feed?.Tunnel.TrustBundle is not { } bundle)
        {
            return DoctorFinding.Skip(Id, "The tunnel's trust bundle is not known before the first feed.");
        }

        var epoch = bundle.Epoch.ToString(CultureInfo.InvariantCulture);
        if (!CertificatePem.TryRead(bundle.Pem, out var anchors))
        {
            return DoctorFinding.Fail(
                Id,
                $"The tunnel's trust bundle (epoch {epoch}) contains no certificate.",
                "No authority is registered on the tunnel, so clients cannot verify its agents.",
                $"Ask an administrator to run: culvert tunnel cert list {facts.Settings.Tunnel.Id}"
            );
        }

        IReadOnlyList<string> evidence =
        [
            .. leaf.Chain.Select(issuer => $"sent with it: {issuer.Subject}"),
            .. anchors.Select(anchor => $"in the bundle: {anchor.Subject}"),
        ];
        return (
            TrustAnchors.VouchFor(anchors, leaf, facts.Now)
                ? DoctorFinding.Pass(Id, $"The trust bundle (epoch {epoch}) vouches for it.")
                : DoctorFinding.Fail(
                    Id,
                    $"The trust bundle (epoch {epoch}) does not vouch for it.",
                    "Its authority was retired or never registered on the tunnel, or an intermediate is missing.",
                    facts.Settings.Certificates.FromFiles
                        ? $"Write the intermediates behind the leaf in {facts.Settings.Certificates.CertificateFile}, or register its authority: culvert tunnel cert register {facts.Settings.Tunnel.Id} --file F"
                        : "tunnel-agent health"
                )
        ) with
        {
            Evidence = evidence,
        };
    }
}
