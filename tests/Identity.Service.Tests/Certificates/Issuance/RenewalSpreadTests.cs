using Culvert.Ca.Orders;
using Culvert.Machine.Client.Credentials;
using Culvert.Platform.Wire;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Issuance;

/// <summary>The windows that the service gives and the places that machines take in them, together.</summary>
public sealed class RenewalSpreadTests
{
    private const int Fleet = 10_000;
    private const int Slots = 50;

    private static readonly DateTimeOffset Issued = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Agents have places of their own; other clients may renew at the beginning of the window, or at its end.
    [Theory]
    [InlineData("agent", 1)]
    [InlineData("agent", 24)]
    [InlineData("beginning", 24)]
    [InlineData("end", 24)]
    public void Renewals_OfAFleetIssuedAtOnce_NeverExceedTwiceTheMean(string client, int hours)
    {
        var life = TimeSpan.FromHours(hours);
        var (first, last) = (Issued + (life * 0.6), Issued + (life * (11.0 / 15)));
        var slots = new int[Slots];
        for (var i = 0; i < Fleet; i++)
        {
            var at = RenewalOf(i, life, client);
            at.ShouldBeInRange(first, last);
            slots[Math.Min(Slots - 1, (int)((at - first) / (last - first) * Slots))]++;
        }

        slots.Max().ShouldBeLessThanOrEqualTo(2 * Fleet / Slots);
    }

    private static DateTimeOffset RenewalOf(int machine, TimeSpan life, string client)
    {
        var notAfter = Issued + life - TimeSpan.FromSeconds(1);
        var serial = SerialNumber.Draw(1, Issued).Hex;
        var (after, before) = ValidityWindow.GetRenewalWindow(serial, Issued, notAfter);
        return client switch
        {
            "beginning" => after,
            "end" => before,
            _ => RenewalPlan.RenewAt(
                new CertificateDocument(
                    Serial: serial,
                    CertificatePem: "",
                    ChainPem: "",
                    NotBefore: Issued,
                    NotAfter: notAfter,
                    IssuedAt: Issued,
                    RenewAfter: after,
                    RenewBefore: before
                ),
                RenewalPlan.GetUnit($"agent tnl_1 instance-{machine}")
            ),
        };
    }
}
