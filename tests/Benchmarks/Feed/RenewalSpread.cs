using Culvert.Ca.Orders;
using Culvert.Machine.Client.Credentials;
using Culvert.Platform.Wire;

namespace Culvert.Benchmarks.Feed;

/// <summary>
/// When a fleet renews whose leaves were all issued in one moment, by the functions that decide it: the service's window
/// for each serial number, and each agent's place in it.
/// </summary>
internal static class RenewalSpread
{
    private const int Slots = 50;

    /// <summary>The fullest fiftieth of the time between the first window's beginning and the last one's end, against the mean.</summary>
    public static double Peak(int agents, DateTimeOffset issued)
    {
        var life = TimeSpan.FromHours(24);
        var times = Enumerable.Range(0, agents).Select(agent => RenewalOf(agent, issued, life)).ToList();
        var (first, last) = (times.Min(one => one.After), times.Max(one => one.Before));
        var slots = new int[Slots];
        foreach (var (at, _, _) in times)
        {
            slots[Math.Min(Slots - 1, (int)((at - first) / (last - first) * Slots))]++;
        }

        return slots.Max() / ((double)agents / Slots);
    }

    private static (DateTimeOffset At, DateTimeOffset After, DateTimeOffset Before) RenewalOf(
        int agent,
        DateTimeOffset issued,
        TimeSpan life
    )
    {
        var notAfter = issued + life - TimeSpan.FromSeconds(1);
        var serial = SerialNumber.Draw(1, issued).Hex;
        var (after, before) = ValidityWindow.GetRenewalWindow(serial, issued, notAfter);
        var document = new CertificateDocument(
            Serial: serial,
            CertificatePem: "",
            ChainPem: "",
            NotBefore: issued,
            NotAfter: notAfter,
            IssuedAt: issued,
            RenewAfter: after,
            RenewBefore: before
        );
        return (RenewalPlan.RenewAt(document, RenewalPlan.GetUnit($"agent tnl_1 agent-{agent}")), after, before);
    }
}
