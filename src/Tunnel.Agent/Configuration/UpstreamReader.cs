using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads the <c>upstream</c> section of a route, of any kind, and the settings that all kinds share.</summary>
internal static class UpstreamReader
{
    public static readonly string[] PrivateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"];

    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly string[] Kinds = ["url", "stdio", "callouts", "compose"];

    /// <param name="oauth">Of the route.</param>
    /// <param name="routes">All routes of the file.</param>
    public static UpstreamSettings Read(
        ConfigSection upstream,
        NetworkOptions network,
        OauthSettings oauth,
        ComposedRoutes routes
    )
    {
        var path = oauth.Path;
        var (stdio, callouts, compose) = (
            upstream.Section("stdio"),
            upstream.Section("callouts"),
            upstream.Section("compose")
        );
        string[] kinds = [.. Kinds.Where(upstream.Has)];
        if (kinds.Length > 1)
        {
            upstream.Error(kinds[1], "A route has one upstream.", $"Remove all but one of {string.Join(", ", kinds)}.");
        }

        // The schema contains the keys of all kinds.
        var last = (UpstreamSettings?)null;
        if (upstream.Has("stdio"))
        {
            last = StdioReader.Read(upstream, stdio, path);
        }

        if (upstream.Has("callouts"))
        {
            last = CalloutReader.Read(upstream, callouts, network, path);
        }

        if (upstream.Has("compose"))
        {
            last = ComposeReader.Read(upstream, compose, oauth, routes);
        }

        return last is null || upstream.Has("url") ? HttpUpstreamReader.Read(upstream, network, path) : last;
    }

    // All settings of an upstream, with the content of its files: two upstreams with the same origin are the same.
    public static string DescribeOrigin(
        ConfigSection upstream,
        UpstreamSettings settings,
        NetworkOptions network,
        string path
    ) =>
        string.Join(
            '\n',
            upstream.Digest(),
            path,
            network.Family,
            network.CaBundle,
            settings is HttpUpstreamSettings http ? http.TlsCaPem : ""
        );

    /// <summary>Reads the timeouts that all kinds share.</summary>
    /// <param name="connect">The limit of a connection, or of a program's start.</param>
    public static UpstreamTimeouts ReadTimeouts(ConfigSection timeouts, TimeSpan connect) =>
        new(
            connect,
            timeouts.Duration("response_headers", TimeSpan.FromMinutes(5), TimeSpan.FromMilliseconds(100), Day),
            timeouts.Duration("stream_idle", TimeSpan.FromMinutes(15), TimeSpan.FromMilliseconds(100), 30 * Day)
        );

    public static TimeSpan ReadKeepAlive(ConfigSection upstream)
    {
        var silence = upstream.Duration("sse_keep_alive", TimeSpan.FromSeconds(25), null, TimeSpan.FromHours(1));
        if (silence > TimeSpan.Zero && silence < TimeSpan.FromSeconds(1))
        {
            upstream.Error("sse_keep_alive", "This would send more comments than events.", "Write 0 or at least 1s.");
        }

        return silence;
    }

    /// <param name="isHttp">Whether the upstream has an address to connect to, and paths.</param>
    public static ProbeSettings ReadProbe(ConfigSection health, bool isHttp, string path)
    {
        var kind = isHttp
            ? health.Choice("probe", "mcp", "mcp", "tcp", "none")
            : health.Choice("probe", "mcp", "mcp", "none");
        var own = isHttp ? health.String("path", path) : path;
        if (!RequestTarget.TryGetOriginForm(own, out _) || own[0] != '/' || own.Contains('#', StringComparison.Ordinal))
        {
            health.Error("path", "This is not a path.", "Write the path of the MCP endpoint, such as /mcp.");
            own = path;
        }

        return new ProbeSettings(
            kind switch
            {
                "mcp" => ProbeKind.Mcp,
                "tcp" => ProbeKind.Tcp,
                _ => ProbeKind.None,
            },
            health.Duration("interval", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), Day),
            health.Duration("timeout", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1))
        )
        {
            Path = own,
        };
    }
}
