using Culvert.Platform.Addresses;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>Compares a request's Host with the connection's server name.</summary>
internal static class RequestHost
{
    /// <summary>True if the host, without its port, is the server name (P5); the edge's port is unknown here.</summary>
    public static bool Matches(ReadOnlySpan<char> host, string serverName)
    {
        var colon = host.IndexOf(':');
        if (colon >= 0)
        {
            if (host[(colon + 1)..].ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }

            host = host[..colon];
        }

        return HostName.AreSame(host, serverName);
    }

    /// <summary>The Host for URLs that the agent writes: without the trailing dot of the DNS root.</summary>
    public static string Format(string host)
    {
        var colon = host.IndexOf(':', StringComparison.Ordinal);
        ReadOnlySpan<char> name = colon < 0 ? host : host.AsSpan(0, colon);
        var bare = HostName.WithoutRootDot(name);
        return bare.Length == name.Length ? host : string.Concat(bare, host.AsSpan(name.Length));
    }
}
