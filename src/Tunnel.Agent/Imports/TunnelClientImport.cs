using System.Net;
using System.Text.RegularExpressions;
using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.LongPoll;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// Imports the file of <c>tunnel-client</c>, the long-poll agent of another provider: its servers become routes, and its
/// tunnel an entry of <c>tunnels</c>.
/// </summary>
internal static partial class TunnelClientImport
{
    private const string DefaultUrl = "https://api.openai.com";

    // The client's own default for callers with a certificate.
    private const string DefaultUrlWithCertificate = "https://mtls.api.openai.com";

    // The client's health listener where its file names none.
    private const string ClientsListener = "127.0.0.1:8080";

    // Of the section mcp, for the whole tunnel.
    private static readonly string[] McpLimits =
    [
        "connection_max_ttl",
        "startup_wait_timeout",
        "max_concurrent_requests",
    ];

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // Both together, as the agent's own configuration allows it.
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DefaultGuard = TimeSpan.FromSeconds(5);

    /// <summary>Reads the file and adds to the new one.</summary>
    /// <param name="file">The client's file.</param>
    /// <param name="agent">The new file, without routes.</param>
    public static void Map(ImportedFile file, YamlMap agent)
    {
        var root = file.Root;
        root.Int("config_version", 1, 1, 1);
        MapProgram(file, agent);
        var control = root.Section("control_plane");
        var proxy = file.Proxy(root, "http_proxy", "proxy-password");
        var controlProxy = file.Proxy(control, "http_proxy", "control-plane-proxy-password") ?? proxy;
        var caBundle = file.Path(root, "ca_bundle");
        MapNetwork(file, agent, controlProxy, caBundle);

        var names = new RouteNames();
        var channels = new TunnelClientServers(file, agent, names, proxy, caBundle).Map();
        new TunnelClientCallouts(file, agent, names).Map();
        var tunnel = MapTunnel(file, control, channels);
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

    private static YamlMap? MapTunnel(ImportedFile file, ConfigSection control, YamlMap channels)
    {
        var (certificate, key) = (file.Path(control, "client_cert"), file.Path(control, "client_key"));
        if (certificate.Length == 0 != (key.Length == 0))
        {
            control.Error(
                certificate.Length == 0 ? "client_key" : "client_cert",
                "A certificate needs its key and a key its certificate.",
                "Set both client_cert and client_key."
            );
        }

        var tunnel = new YamlMap().Set("kind", "long_poll");
        var isReachable = TryMapUrl(file, control, tunnel, certificate.Length > 0);
        tunnel.Set("tunnel_id", ReadTunnelId(file, control));
        tunnel.SetIfAny("organization", ReadId(file, control, "organization_id"));
        tunnel.Set("api_key", ReadKey(file, control));
        tunnel.SetIfAny("client_certificate_file", certificate).SetIfAny("client_key_file", key);
        tunnel.Section("channels").AddAll(channels);
        var polled = ReadPolled(file, control, channels);
        if (polled is { Count: > 0 })
        {
            tunnel.Set("poll_channels", polled);
        }

        MapLimits(file, control, tunnel);
        file.Drop(control, "extra_headers", "The agent sends no other headers to a control plane.");
        if (isReachable && !channels.IsEmpty && polled is not null)
        {
            file.Changed(
                "tunnels[0].max_answer_bytes",
                "tunnel-client sends responses of any length. The agent sends at most 4MiB unless this key is set."
            );
            return tunnel;
        }

        file.NoEqual(
            file.Root,
            "control_plane",
            isReachable
                ? "No channel can be served, so the tunnel was not imported."
                : "The agent cannot connect to this control plane, so the tunnel was not imported."
        );
        foreach (var limit in McpLimits.Where(file.Root.Section("mcp").Has))
        {
            file.NoEqual(file.Root.Section("mcp"), limit, "The tunnel to which it applies was not imported.");
        }

        return null;
    }

    // False: the agent has no way to such a control plane.
    private static bool TryMapUrl(ImportedFile file, ConfigSection control, YamlMap tunnel, bool hasCertificate)
    {
        var written = file.Text(control, "base_url");
        var path = file.Text(control, "url_path").Trim('/');
        if (file.Path(control, "unix_socket").Length > 0)
        {
            file.NoEqual(control, "unix_socket", "The agent connects to a control plane by TCP only.");
            return false;
        }

        if (!Uri.TryCreate(written.Length > 0 ? written : DefaultUrl, UriKind.Absolute, out var url))
        {
            control.Error("base_url", "This is not a URL.", $"Write {DefaultUrl}, or your gateway's URL.");
            return true;
        }

        if (url.Scheme != "https" || url is not { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 })
        {
            file.NoEqual(control, "base_url", "The agent uses https URLs only, without user and query.");
            return false;
        }

        var origin = $"https://{RouteAddress.ToAuthority(url)}";
        if (origin == DefaultUrl && hasCertificate)
        {
            origin = DefaultUrlWithCertificate;
            file.Changed(
                control,
                "client_cert",
                $"As with tunnel-client, base_url is {origin} because of the certificate."
            );
        }

        tunnel.Set("base_url", origin);
        var prefix = string.Join('/', new[] { url.AbsolutePath.Trim('/'), path }.Where(p => p.Length > 0));
        if (prefix.Length > 0 && !PrefixText().IsMatch(prefix))
        {
            control.Error(
                control.Has("url_path") ? "url_path" : "base_url",
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
        var id = ReadId(file, control, "tunnel_id");
        if (id.Length > 0)
        {
            return id;
        }

        file.ToDo("tunnels[0].tunnel_id", "The file has no tunnel_id. Write the provider's id of the tunnel.");
        return "REPLACE";
    }

    private static string ReadId(ImportedFile file, ConfigSection control, string key)
    {
        var id = file.Text(control, key);
        if (id.Length > 0 && !IdForm.IsWellFormed(id, "_-", 128))
        {
            control.Error(key, "This is not an id.", "Copy it from the provider: letters, digits, - and _.");
        }

        return id;
    }

    private static string ReadKey(ImportedFile file, ConfigSection control)
    {
        var written = control.String("api_key").Trim();
        if (written.Length > 0)
        {
            return file.ToReference(control, "api_key", written, "provider-key", "the provider's API key");
        }

        file.ToDo(
            "tunnels[0].api_key",
            "Set CONTROL_PLANE_API_KEY for tunnel-agent, or write file: and the key's file."
        );
        return "env:CONTROL_PLANE_API_KEY";
    }

    // Null if the tunnel must not be polled at all: an empty list would mean every channel.
    private static List<string>? ReadPolled(ImportedFile file, ConfigSection control, YamlMap channels)
    {
        const string Key = "poll_channels";
        var written = control.Strings(Key).Select(c => c.Trim().ToLowerInvariant()).Distinct().ToList();
        var served = written.Where(channels.Has).ToList();
        if (written.Contains(LongPollSettings.CalloutChannel))
        {
            file.NoEqual(
                control,
                Key,
                "The channel harpoon was not imported: its calls have no token. docs/long-poll.md says how to serve it."
            );
        }

        if (written.Any(w => w != LongPollSettings.CalloutChannel && !channels.Has(w)))
        {
            file.NoEqual(control, Key, "A channel of the list has no server in this file.");
        }

        if (written.Count > 0 && served.Count == 0)
        {
            file.NoEqual(control, Key, "The agent can serve none of these channels, and must not serve others.");
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
        var second = TimeSpan.FromSeconds(1);
        var mcp = file.Root.Section("mcp");
        var guard = file.Duration(control, "poll_deadline_guardrail", second, TimeSpan.FromSeconds(59));
        var longest = LongestPoll - (ConfigText.TryDuration(guard, out var written) ? written : DefaultGuard);
        tunnel
            .SetIfAny("poll_timeout", file.Duration(control, "poll_timeout", second, longest))
            .SetIfAny("poll_guard", guard)
            .SetIfAny("max_call_time", file.Duration(mcp, "connection_max_ttl", second, UpstreamReader.Day));

        // The client's own defaults, where the agent has others.
        var startupWait = file.Duration(mcp, "startup_wait_timeout", TimeSpan.Zero, Hour);
        tunnel
            .Set("startup_wait", startupWait.Length > 0 ? startupWait : "0s")
            .Set("max_commands", mcp.Int("max_concurrent_requests", 10, 1, 10_000));
        file.Drop(
            control,
            "max_inflight_requests",
            "The agent has no queue of calls: it polls only while it can begin a call (tunnels[].max_commands)."
        );
    }

    private static void MapProgram(ImportedFile file, YamlMap agent)
    {
        var (root, newLog, newHealth) = (file.Root, agent.Section("log"), agent.Section("health"));
        var log = root.Section("log");
        newLog.SetIfAny("level", ProgramLog.ReadLevel(file, log, "level"));
        switch (file.Text(log, "format"))
        {
            case "":
                break;
            case "json":
                newLog.Set("format", "json");
                break;
            case "struct-text" or "text":
                newLog.Set("format", "text");
                break;
            default:
                file.NoEqual(log, "format", "The agent writes text or json. Its default applies.");
                break;
        }

        if (log.String("file").Trim() is "stdout" or "stderr" or "-")
        {
            file.NoEqual(log, "file", "Without a file the agent logs where its service manager reads it.");
        }
        else
        {
            newLog.SetIfAny("file", file.Path(log, "file"));
        }

        file.Drop(log, "http_raw_unsafe", "The agent never logs headers and bodies of calls.");

        var health = root.Section("health");
        MapListen(file, health, newHealth);
        newHealth.SetIfAny("unix_socket", file.Path(health, "unix_socket"));
        newHealth.SetIfAny("url_file", file.Path(health, "url_file"));

        var ui = root.Section("admin_ui");
        file.Drop(
            ui,
            "allow_remote",
            "The status page answers only names of health.allowed_hosts. Add the name that you use."
        );
        file.Drop(ui, "open_browser", "The agent opens no browser. The status page is at /ui.");
        file.Drop(ui, "log_buffer_events", "The agent keeps no log in memory. Write log.file, or use the journal.");
        file.Drop(root.Section("process"), "pid_file", "The service manager knows the process.");
        file.Drop(root.Section("proxy"), "check_interval", "`tunnel-agent doctor` checks the way through the proxy.");
        var cloudflared = root.Section("cloudflared");
        foreach (var key in new[] { "managed", "token", "path", "ready_timeout" })
        {
            file.Drop(
                cloudflared,
                key,
                "The agent starts no connector. Use Culvert's own edge, or the long-poll tunnel."
            );
        }
    }

    private static void MapListen(ImportedFile file, ConfigSection health, YamlMap newHealth)
    {
        const string Key = "listen_addr";
        var text = file.Text(health, Key);
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        var address = host switch
        {
            "" => "[::]",
            "localhost" => "127.0.0.1",
            _ => host,
        };
        if (text.Length == 0)
        {
            newHealth.Set("listen", ClientsListener);
            return;
        }

        if (
            colon < 0
            || !IPAddress.TryParse(address, out var ip)
            || !IPEndPoint.TryParse(address + text[colon..], out var endPoint)
        )
        {
            file.NoEqual(health, Key, "The agent listens on an address with a port, such as 127.0.0.1:8080.");
            return;
        }

        newHealth.Set("listen", endPoint.ToString());
        if (!IPAddress.IsLoopback(ip))
        {
            file.Changed(health, Key, "The page /ui answers only names of health.allowed_hosts; /healthz answers all.");
        }
    }

    [GeneratedRegex(
        "^(?!\\.\\.?(?:/|\\z))[A-Za-z0-9._~-]+(?:/(?!\\.\\.?(?:/|\\z))[A-Za-z0-9._~-]+)*\\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex PrefixText();
}
