using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>Checks whether the current certificate is acceptable for the clients of a tunnel.</summary>
internal static class ConnectorCertificate
{
    /// <summary>Null if the certificate is acceptable.</summary>
    /// <param name="issueFailure">Why the service issued no newer certificate; ignored while there is a valid one.</param>
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
