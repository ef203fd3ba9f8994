using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>Whether the certificate in service is one that clients of a tunnel accept.</summary>
internal static class ConnectorCertificate
{
    /// <summary>What is wrong with it; null if nothing is.</summary>
    public static string? FindProblem(LeafSlot leaves, LeafFiles files, RouteTable table, ConnectorSettings settings)
    {
        if (files.Problem.Length > 0)
        {
            return files.Problem;
        }

        if (leaves.Current is not { } leaf)
        {
            return "There is no inner-TLS certificate yet.";
        }

        if (!leaves.IsServing)
        {
            return "The inner-TLS certificate is not valid now.";
        }

        var missing = settings
            .Routes.Select(r => Route.HostnameUnder(r, settings.Domain))
            .Where(n => table.Find(n) is not null)
            .Where(n => !leaf.Pair.Certificate.MatchesHostname(n, allowWildcards: true, allowCommonName: false))
            .ToList();
        return missing.Count == 0
            ? null
            : $"The inner-TLS certificate is not for {string.Join(", ", missing)}. Set certificate_file and key_file of the tunnel.";
    }
}
