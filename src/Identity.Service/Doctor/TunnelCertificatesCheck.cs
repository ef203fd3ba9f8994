using System.Globalization;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>Checks that every tunnel has a certificate that clients can trust, and a slot for its successor (S14).</summary>
internal sealed class TunnelCertificatesCheck : IDoctorCheck<ServiceFacts>
{
    public string Id => "tunnel_certificates";

    public DoctorFinding Run(ServiceFacts facts)
    {
        if (facts.Store is { Error: not null } or { Pending.Count: > 0 })
        {
            return DoctorFinding.Skip(Id, "Rests on database.");
        }

        var unusual = facts.Store.UnusualTunnels;
        var bare = unusual.Where(t => t.Anchors == 0).Select(t => t.TunnelId).ToList();
        var full = unusual
            .Where(t => t.Slots >= TunnelSlots.Count)
            .Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.TunnelId}: {t.Slots} slots, none left"))
            .ToList();
        return unusual.Count == 0
            ? DoctorFinding.Pass(Id, "Every tunnel has a certificate, and room for another.")
            : DoctorFinding.Warn(
                Id,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{bare.Count} tunnels without a certificate, {full.Count} without room for another."
                ),
                "Clients of a tunnel without one trust no certificate there. If both slots are in use, as during a rotation, a "
                    + "third certificate is refused.",
                [
                    .. bare.Count == 0
                        ? Array.Empty<string>()
                        :
                        [
                            $"If one waits to be approved or activated, do that: culvert ca list --tunnel {bare[0]}",
                            $"Else register one that signs here: culvert ca register NAME --tunnel {bare[0]} --custody sealed",
                            $"Or one that signs elsewhere: culvert tunnel cert register {bare[0]} --file CA.pem",
                        ],
                    .. full.Count == 0
                        ? Array.Empty<string>()
                        : ["To make room: culvert tunnel cert list TUNNEL, then culvert tunnel cert archive ID"],
                ]
            ) with
            {
                Evidence = [.. bare.Select(id => $"{id}: no certificate"), .. full],
            };
    }
}
