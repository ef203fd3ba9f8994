using Culvert.Platform.Doctor;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The leaf is valid for every hostname that clients call.</summary>
internal sealed class LeafNamesCheck : IDoctorCheck<CertificateFacts>
{
    public string Id => "inner_names";

    public DoctorFinding Run(CertificateFacts facts)
    {
        if (facts.Leaf is not { } leaf)
        {
            return DoctorFinding.Skip(Id, "Rests on inner_certificate.");
        }

        if (facts.Hostnames is not { } names)
        {
            return DoctorFinding.Skip(Id, "The tunnel's domain is not known before the first feed.");
        }

        var missing = names
            .Where(name => !leaf.Certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false))
            .ToList();
        return missing.Count == 0
            ? DoctorFinding.Pass(Id, "It is for every route's name.", names)
            : DoctorFinding.Fail(
                Id,
                $"It is not for {string.Join(", ", missing)}.",
                "Clients compare the name they call with the names of the certificate, and refuse another.",
                $"Have it issued for {facts.State.Feed!.Tunnel.Domain} and *.{facts.State.Feed.Tunnel.Domain}."
            );
    }
}
