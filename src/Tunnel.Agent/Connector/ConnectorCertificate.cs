using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>Whether the certificate in service is one that clients of a tunnel accept.</summary>
internal static class ConnectorCertificate
{
    /// <summary>What is wrong with it; null if nothing is.</summary>
    /// <param name="leaves">What is in service.</param>
    /// <param name="fileProblem">What is wrong with the files; empty = nothing.</param>
    /// <param name="issueFailure">Why the service issued no newer one; it counts only while there is no good one.</param>
    /// <param name="table">The routes in service.</param>
    /// <param name="settings">Of the tunnel.</param>
    public static string? FindProblem(
        LeafSlot leaves,
        string fileProblem,
        string? issueFailure,
        RouteTable table,
        ConnectorSettings settings
    )
    {
        if (fileProblem.Length > 0)
        {
            return fileProblem;
        }

        if (leaves.Current is not { } leaf)
        {
            return $"There is no certificate for {settings.Domain} yet. {issueFailure}".TrimEnd();
        }

        if (!leaves.IsServing)
        {
            return $"The certificate for {settings.Domain} is not valid now. {issueFailure}".TrimEnd();
        }

        var missing = settings
            .Routes.Select(r => Route.HostnameUnder(r, settings.Domain))
            .Where(n => table.Find(n) is not null)
            .Where(n => !leaf.Pair.Certificate.MatchesHostname(n, allowWildcards: true, allowCommonName: false))
            .ToList();
        return missing.Count == 0
            ? null
            : $"The certificate is not for {string.Join(", ", missing)}. Set certificate_file and key_file of the tunnel to one that is.";
    }
}
