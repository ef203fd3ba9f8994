using System.Text.RegularExpressions;
using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.LongPoll;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// Imports the configuration file of <c>tunnel-client</c>, the long-poll agent of another provider. Its servers become
/// routes, and its tunnel becomes an entry of <c>tunnels</c>.
/// </summary>
internal static partial class TunnelClientImport
{
    private const string DefaultUrl = "https://api.openai.com";

    // The default of tunnel-client if a client certificate is configured.
    private const string DefaultUrlWithCertificate = "https://mtls.api.openai.com";

    // Keys of the section mcp that apply to the whole tunnel.
    private static readonly string[] McpLimits =
    [
        "connection_max_ttl",
        "startup_wait_timeout",
        "max_concurrent_requests",
    ];

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // The agent's configuration allows at most this sum of poll_timeout and poll_guard.
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DefaultGuard = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Reads the file of tunnel-client and adds its content to the agent's file, which has no routes yet.
    /// </summary>
    public static void Map(ImportedFile file, YamlMap agent)
    {
        var (root, keys, names) = (file.Root, new TunnelClientKeys(file, agent), new RouteNames());
        root.Int("config_version", 1, 1, 1);
        foreach (var section in new[] { "log", "health", "admin_ui", "process", "proxy", "cloudflared" })
        {
            keys.Map(section);
        }

        var control = root.Section("control_plane");
        var proxy = file.Key(root, "http_proxy").Proxy("proxy-password");
        var controlProxy = file.Key(control, "http_proxy").Proxy("control-plane-proxy-password") ?? proxy;
        var caBundle = file.Key(root, "ca_bundle").Path();
        MapNetwork(file, agent, controlProxy, caBundle);
        var channels = new TunnelClientServers(file, agent, names, proxy, caBundle).Map();
        keys.Map("mcp");
        new TunnelClientCallouts(file, agent, names).Map(keys);
        var tunnel = MapTunnel(file, control, channels, keys);
        if (tunnel is not null)
        {
            agent.Set("tunnels", [tunnel]);
        }

        if (agent.Section("routes").IsEmpty && !file.HasErrors)
        {
            root.Error("mcp", "No server is configured here, so there is nothing to serve.", "Add mcp.server_urls.");
        }

        file.ToDo(
            "tunnels",
            "Flags and variables of tunnel-client (CONTROL_PLANE_*, MCP_*, HARPOON_*, LOG_*, HEALTH_*) override its file "
                + "and were not imported. Compare them with what it was started with."
        );
    }

    private static void MapNetwork(ImportedFile file, YamlMap agent, ImportedProxy? proxy, string caBundle)
    {
        var network = agent.Section("network");
        network.SetIfAny("ca_bundle", caBundle);
        var section = network.Section("proxy");
        if (proxy is null)
        {
            section.Set("url", "environment");
            file.ToDo(
                "network.proxy",
                "Without http_proxy, tunnel-client uses the proxy variables of its environment for every connection. The "
                    + "agent uses them for the service, the edges and the control plane. Write upstream.proxy into routes "
                    + "that need a proxy."
            );
        }
        else
        {
            section.Set("url", proxy.Url).SetIfAny("username", proxy.UserName).SetIfAny("password", proxy.Password);
            file.Changed(
                "network.proxy",
                "The agent uses this proxy for the Culvert service, its edges and the control plane; servers have upstream.proxy."
            );
        }
    }

    private static YamlMap? MapTunnel(ImportedFile file, ConfigSection control, YamlMap channels, TunnelClientKeys keys)
    {
        var (certificateKey, keyKey) = (file.Key(control, "client_cert"), file.Key(control, "client_key"));
        var (certificate, key) = (certificateKey.Path(), keyKey.Path());
        if (certificate.Length == 0 != (key.Length == 0))
        {
            (certificate.Length == 0 ? keyKey : certificateKey).Error(
                "A certificate needs its key and a key its certificate.",
                "Set both client_cert and client_key."
            );
        }

        var tunnel = new YamlMap().Set("kind", "long_poll");
        var isReachable = TryMapUrl(file, control, tunnel, certificate.Length > 0);
        tunnel.Set("tunnel_id", ReadTunnelId(file, control));
        tunnel.SetIfAny("organization", ReadId(file.Key(control, "organization_id")));
        tunnel.Set("api_key", ReadApiKey(file, control));
        tunnel.SetIfAny("client_certificate_file", certificate).SetIfAny("client_key_file", key);
        tunnel.Section("channels").AddAll(channels);
        var polled = ReadPolled(file, control, channels);
        if (polled is { Count: > 0 })
        {
            tunnel.Set("poll_channels", polled);
        }

        MapLimits(file, control, tunnel);
        keys.Map("control_plane");
        if (isReachable && !channels.IsEmpty && polled is not null)
        {
            file.Changed(
                "tunnels[0].max_answer_bytes",
                "tunnel-client sends responses of any length. The agent sends at most 4MiB unless this key is set."
            );
            return tunnel;
        }

        file.Key(file.Root, "control_plane")
            .NoEqual(
                isReachable
                    ? "No channel can be served, so the tunnel was not imported."
                    : "The agent cannot connect to this control plane, so the tunnel was not imported."
            );
        foreach (var limit in McpLimits.Select(name => file.Key(file.Root.Section("mcp"), name)).Where(k => k.IsSet))
        {
            limit.NoEqual("The tunnel to which it applies was not imported.");
        }

        return null;
    }

    // Returns false if the agent cannot connect to such a control plane. A malformed URL is an error of the file
    // instead.
    private static bool TryMapUrl(ImportedFile file, ConfigSection control, YamlMap tunnel, bool hasCertificate)
    {
        var (baseUrl, urlPath) = (file.Key(control, "base_url"), file.Key(control, "url_path"));
        var (written, path) = (baseUrl.Text(), urlPath.Text().Trim('/'));
        var socket = file.Key(control, "unix_socket");
        if (socket.Path().Length > 0)
        {
            socket.NoEqual("The agent connects to a control plane by TCP only.");
            return false;
        }

        if (!Uri.TryCreate(written.Length > 0 ? written : DefaultUrl, UriKind.Absolute, out var url))
        {
            baseUrl.Error("This is not a URL.", $"Write {DefaultUrl}, or your gateway's URL.");
            return true;
        }

        if (url.Scheme != "https" || url is not { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 })
        {
            baseUrl.NoEqual("The agent uses https URLs only, without user and query.");
            return false;
        }

        var origin = $"https://{RouteAddress.ToAuthority(url)}";
        if (origin == DefaultUrl && hasCertificate)
        {
            origin = DefaultUrlWithCertificate;
            file.Key(control, "client_cert")
                .Changed($"As with tunnel-client, base_url is {origin} because of the certificate.");
        }

        tunnel.Set("base_url", origin);
        var prefix = string.Join('/', new[] { url.AbsolutePath.Trim('/'), path }.Where(p => p.Length > 0));
        if (prefix.Length > 0 && !PrefixText().IsMatch(prefix))
        {
            (urlPath.IsSet ? urlPath : baseUrl).Error(
                "The agent cannot use this path.",
                "Use letters, digits and . _ ~ - between slashes."
            );
            return true;
        }

        tunnel.SetIfAny("url_path", prefix.Length > 0 ? "/" + prefix : "");
        return true;
    }

    private static string ReadTunnelId(ImportedFile file, ConfigSection control)
    {
        var id = ReadId(file.Key(control, "tunnel_id"));
        if (id.Length > 0)
        {
            return id;
        }

        file.ToDo("tunnels[0].tunnel_id", "The file has no tunnel_id. Write the provider's id of the tunnel.");
        return "REPLACE";
    }

    private static string ReadId(ImportedKey key)
    {
        var id = key.Text();
        if (id.Length > 0 && !IdForm.IsWellFormed(id, "_-", 128))
        {
            key.Error("This is not an id.", "Copy it from the provider: letters, digits, - and _.");
        }

        return id;
    }

    private static string ReadApiKey(ImportedFile file, ConfigSection control)
    {
        var key = file.Key(control, "api_key");
        var written = key.Written();
        if (written.Length > 0)
        {
            return key.ToReference(written, "provider-key", "the provider's API key");
        }

        file.ToDo(
            "tunnels[0].api_key",
            "Set CONTROL_PLANE_API_KEY for tunnel-agent, or write file: and the key's file."
        );
        return "env:CONTROL_PLANE_API_KEY";
    }

    // Returns null if the tunnel must not be polled at all, because the agent reads an empty list as all channels.
    private static List<string>? ReadPolled(ImportedFile file, ConfigSection control, YamlMap channels)
    {
        var key = file.Key(control, "poll_channels");
        var written = control.Strings("poll_channels").Select(c => c.Trim().ToLowerInvariant()).Distinct().ToList();
        var served = written.Where(channels.Has).ToList();
        if (written.Contains(LongPollSettings.CalloutChannel))
        {
            key.NoEqual(
                "The channel harpoon was not imported: its calls have no token. docs/long-poll.md says how to serve it."
            );
        }

        if (written.Any(w => w != LongPollSettings.CalloutChannel && !channels.Has(w)))
        {
            key.NoEqual("A channel of the list has no server in this file.");
        }

        if (written.Count > 0 && served.Count == 0)
        {
            key.NoEqual("The agent can serve none of these channels, and must not serve others.");
            return null;
        }

        if (written.Count > 0 || channels.IsEmpty || channels.Has(LongPollSettings.MainChannel))
        {
            return served;
        }

        file.ToDo(
            "tunnels[0].channels",
            "The file has no server for the channel main. Add it, or leave poll_channels as it is."
        );
        return [.. channels.Keys];
    }

    private static void MapLimits(ImportedFile file, ConfigSection control, YamlMap tunnel)
    {
        var mcp = file.Root.Section("mcp");
        var guard = file.Key(control, "poll_deadline_guardrail").Duration(Second, TimeSpan.FromSeconds(59));
        var longest = LongestPoll - (ConfigText.TryDuration(guard, out var written) ? written : DefaultGuard);
        tunnel
            .SetIfAny("poll_timeout", file.Key(control, "poll_timeout").Duration(Second, longest))
            .SetIfAny("poll_guard", guard)
            .SetIfAny("max_call_time", file.Key(mcp, "connection_max_ttl").Duration(Second, UpstreamReader.Day));

        // These keys are always written, because the agent's defaults differ from those of tunnel-client.
        var startupWait = file.Key(mcp, "startup_wait_timeout").Duration(TimeSpan.Zero, TimeSpan.FromHours(1));
        tunnel
            .Set("startup_wait", startupWait.Length > 0 ? startupWait : "0s")
            .Set("max_commands", mcp.Int("max_concurrent_requests", 10, 1, 10_000));
    }

    [GeneratedRegex(
        "^(?!\\.\\.?(?:/|\\z))[A-Za-z0-9._~-]+(?:/(?!\\.\\.?(?:/|\\z))[A-Za-z0-9._~-]+)*\\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex PrefixText();
}
