using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>What the service announces for the tunnel.</summary>
internal static class FeedChecks
{
    public const string Tunnel = "tunnel";
    public const string BundleEpoch = "bundle_epoch";

    /// <summary>The tunnel is served, and clients have a CA to verify its agents.</summary>
    public static DoctorFinding CheckTunnel(CertificateFacts facts)
    {
        var announced = facts.Announced is { IsSuccess: true } answer ? answer.Value.Feed : null;
        if ((announced ?? facts.State.Feed) is not { } feed)
        {
            return DoctorFinding.Skip(Tunnel, "The agent has had no feed yet.");
        }

        var tunnel = feed.Tunnel;
        var anchors = Count(tunnel.TrustBundle.Pem);
        var fromService = feed.ServerCertificateMode == ServerCertificateMode.Service;
        return (
            tunnel.Status == TunnelStatus.Archived
                ? DoctorFinding.Fail(
                    Tunnel,
                    "The tunnel is archived.",
                    "An archived tunnel never comes back; edges refuse its agents and its clients.",
                    "Create another: culvert tunnel create NAME"
                )
            : anchors == 0
                ? DoctorFinding.Fail(
                    Tunnel,
                    "The tunnel has no authority.",
                    "Clients cannot verify its agents, so no client connects.",
                    $"culvert ca register NAME --tunnel {tunnel.Id} --custody sealed",
                    $"culvert tunnel cert register {tunnel.Id} --file CA.pem"
                )
            : !fromService && !facts.Settings.Certificates.FromFiles
                ? DoctorFinding.Fail(
                    Tunnel,
                    "No authority of the tunnel can sign for the agent.",
                    "The registered ones are trust-only: their keys are outside the service, so the leaf must be issued there.",
                    "Set certificates: {source: files}, with certificate_file and key_file.",
                    $"culvert ca register NAME --tunnel {tunnel.Id} --custody sealed"
                )
            : tunnel.Status == TunnelStatus.Paused
                ? DoctorFinding.Warn(
                    Tunnel,
                    "The tunnel is paused.",
                    "Its clients get 503 until an administrator resumes it.",
                    $"culvert tunnel resume {tunnel.Id}"
                )
            : fromService && facts.Settings.Certificates.FromFiles
                ? DoctorFinding.Warn(
                    Tunnel,
                    "The leaf certificate is read from files although the service could sign one.",
                    "You must renew certificate files yourself; the agent renews certificates of the service automatically.",
                    "Set certificates: {source: service}, if the files are not wanted."
                )
            : DoctorFinding.Pass(
                Tunnel,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{tunnel.Id} is active, with {anchors} certificate{(anchors == 1 ? "" : "s")} in its trust bundle."
                )
            )
        ) with
        {
            Evidence =
            [
                $"domain: {tunnel.Domain}",
                $"status: {tunnel.Status}",
                $"leaves: {feed.ServerCertificateMode}",
            ],
        };
    }

    private static int Count(string pem)
    {
        if (!CertificatePem.TryRead(pem, out _))
        {
            return 0;
        }

        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPem(pem);
        return anchors.Count;
    }

    /// <summary>The agent has the announced bundles; an agent with an old one delays the tunnel's rotation.</summary>
    public static DoctorFinding CheckBundleEpoch(CertificateFacts facts)
    {
        if (facts.State.Feed is not { } held)
        {
            return DoctorFinding.Skip(BundleEpoch, "The agent has had no feed yet.");
        }

        if (facts.Announced is not { IsSuccess: true } answer)
        {
            return DoctorFinding.Skip(BundleEpoch, "Rests on machine_api.");
        }

        // No feed newer than the stored one: the stored one is what the service announces.
        var announced = answer.Value.Feed ?? held;
        var (own, theirs) = (held.Tunnel.TrustBundle.Epoch, announced.Tunnel.TrustBundle.Epoch);
        IReadOnlyList<string> evidence =
        [
            Line("trust bundle", own, theirs),
            Line("platform bundle", held.PlatformBundle.Epoch, announced.PlatformBundle.Epoch),
            $"last contact: {facts.State.LastContact:u}",
        ];
        var isSame = own == theirs && held.PlatformBundle.Epoch == announced.PlatformBundle.Epoch;
        return (
            isSame
                ? DoctorFinding.Pass(BundleEpoch, Text($"The agent has the announced epoch {own} of the trust bundle."))
                : DoctorFinding.Fail(
                    BundleEpoch,
                    Text($"The agent has epoch {own} of the trust bundle, the service announces {theirs}."),
                    "The agent does not run, or does not receive the feed; rotations wait for it until it does.",
                    "tunnel-agent health",
                    $"Ask an administrator to run: culvert agent list --tunnel {facts.Settings.Tunnel.Id}"
                )
        ) with
        {
            Evidence = evidence,
        };
    }

    private static string Line(string name, long held, long announced) =>
        Text($"{name}: held {held}, announced {announced}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
