using System.Globalization;
using Culvert.Platform.Doctor;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The agent has the announced bundles; an agent with an old one delays the tunnel's rotation.</summary>
internal sealed class BundleEpochCheck : IDoctorCheck<CertificateFacts>
{
    public string Id => "bundle_epoch";

    public DoctorFinding Run(CertificateFacts facts)
    {
        if (facts.State.Feed is not { } held)
        {
            return DoctorFinding.Skip(Id, "The agent has had no feed yet.");
        }

        if (facts.Announced is not { IsSuccess: true } answer)
        {
            return DoctorFinding.Skip(Id, "Rests on machine_api.");
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
                ? DoctorFinding.Pass(Id, Text($"The agent has the announced epoch {own} of the trust bundle."))
                : DoctorFinding.Fail(
                    Id,
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
