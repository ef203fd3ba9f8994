using System.Text.Json.Nodes;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Imports;

namespace Culvert.Tunnel.Agent.Tests.Imports;

/// <summary>No key is dropped silently: each that the other program knows changes the result or is named in a line.</summary>
public sealed class ImportedKeyTests : IDisposable
{
    private const string Marker = "S3CR3T-0123456789";

    private readonly ImportScene scene = new();

    /// <summary>Every key of tunnel-client's file with a value that is not its default, as JSON, which YAML contains.</summary>
    public static TheoryData<string, string> ClientKeys =>
        new()
        {
            { "ca_bundle", "\"CERTIFICATE\"" },
            { "http_proxy", "\"http://user:pass@proxy.corp:3128\"" },
            { "control_plane.base_url", "\"https://gateway.corp/base\"" },
            { "control_plane.url_path", "\"/dev/us\"" },
            { "control_plane.unix_socket", "\"/run/plane.sock\"" },
            { "control_plane.tunnel_id", "\"tunnel_other\"" },
            { "control_plane.organization_id", "\"org-1\"" },
            { "control_plane.api_key", "\"sk-literal\"" },
            { "control_plane.http_proxy", "\"http://proxy.corp:3128\"" },
            { "control_plane.extra_headers", "{\"X-A\": \"b\"}" },
            { "control_plane.max_inflight_requests", "21" },
            { "control_plane.poll_timeout", "\"20000ms\"" },
            { "control_plane.poll_deadline_guardrail", "\"7s\"" },
            { "control_plane.poll_channels", "[\"main\", \"harpoon\"]" },
            { "mcp.server_urls[].channel", "\"my_docs\"" },
            { "mcp.server_urls[].url", "\"https://docs.corp/mcp?x=1\"" },
            { "mcp.server_urls[].unix_socket", "\"/run/docs.sock\"" },
            { "mcp.server_urls[].http_proxy", "\"http://proxy.corp:3128\"" },
            { "mcp.commands[].channel", "\"files\"" },
            { "mcp.commands[].command", "\"mcp-files --root /srv\"" },
            { "mcp.http_proxy", "\"http://proxy.corp:3128\"" },
            { "mcp.extra_headers", "{\"X-A\": \"b\"}" },
            { "mcp.discovery_extra_headers", "{\"X-A\": \"b\"}" },
            { "mcp.startup_wait_timeout", "\"60s\"" },
            { "mcp.connection_max_ttl", "\"1m30s\"" },
            { "mcp.max_concurrent_requests", "11" },
            { "mcp.stdio_send_initialized_notification", "true" },
            { "harpoon.targets[].label", "\"auth\"" },
            { "harpoon.targets[].url", "\"https://auth.corp/token\"" },
            { "harpoon.targets[].unix_socket", "\"/run/auth.sock\"" },
            { "harpoon.targets[].description", "\"text\"" },
            { "harpoon.max_response_bytes", "1000" },
            { "harpoon.max_redirects", "3" },
            { "harpoon.allow_plaintext_http", "true" },
            { "harpoon.additional_transports", "[\"http-streamable\"]" },
            { "harpoon.capture_payloads", "true" },
            { "harpoon.http_proxy", "\"http://proxy.corp:3128\"" },
            { "harpoon.hosts_include_suffix", "[\".corp\"]" },
            { "harpoon.hosts_include_regex", "[\".*\"]" },
            { "harpoon.hosts_include_loopback", "false" },
            { "harpoon.hosts_include_private", "false" },
            { "proxy.check_interval", "\"10s\"" },
            { "process.pid_file", "\"/run/x.pid\"" },
            { "log.level", "\"warn\"" },
            { "log.format", "\"struct-text\"" },
            { "log.file", "\"/var/log/x\"" },
            { "log.http_raw_unsafe", "true" },
            { "health.listen_addr", "\":8080\"" },
            { "health.unix_socket", "\"/run/health.sock\"" },
            { "health.url_file", "\"/run/health-url\"" },
            { "admin_ui.allow_remote", "true" },
            { "admin_ui.open_browser", "true" },
            { "admin_ui.log_buffer_events", "1" },
            { "cloudflared.managed", "true" },
            { "cloudflared.token", "\"env:PATH\"" },
            { "cloudflared.path", "\"/opt/x\"" },
            { "cloudflared.ready_timeout", "\"3s\"" },
        };

    /// <summary>Both keys of a pair at once; alone each is an error.</summary>
    private static readonly string[] ClientPairs =
    [
        "control_plane.client_cert",
        "control_plane.client_key",
        "mcp.client_cert",
        "mcp.client_key",
        "mcp.server_urls[].client_cert",
        "mcp.server_urls[].client_key",
    ];

    public static TheoryData<string, string> ProxyKeys =>
        new()
        {
            { "listen_addr", "\":8080\"" },
            { "log_level", "\"debug\"" },
            { "shutdown_timeout", "\"31s\"" },
            { "tunnel_domain", "\"t.example\"" },
            { "tls.cert_file", "\"/data/tls.crt\"" },
            { "tls.key_file", "\"/data/tls.key\"" },
            { "routes", "{\"other\": \"http://other.corp:80\"}" },
            { "upstream.allowed_ips", "[\"10.0.0.0/16\"]" },
            { "upstream.disable_ip_validation", "true" },
            { "upstream.tls.ca_file", "\"CERTIFICATE\"" },
            { "upstream.tls.include_system_cas", "true" },
        };

    /// <summary>Files in which a key may have another effect, or none.</summary>
    private static readonly string[] ClientBases =
    [
        """{"mcp": {"server_urls": [{"url": "http://docs.corp/mcp"}]}}""",
        """{"mcp": {"server_urls": [{"url": "https://docs.corp/mcp"}]}}""",
        """{"mcp": {"server_urls": [{"url": "http://localhost/mcp"}]}}""",
        """{"mcp": {"server_urls": [{"url": "http://docs.corp/mcp", "unix_socket": "/run/other.sock"}]}}""",
        """{"mcp": {"commands": [{"command": "mcp-docs"}]}}""",
        """{"harpoon": {"targets": [{"label": "one", "url": "https://one.corp/"}]}}""",
        """
            {
              "mcp": {"server_urls": [{"url": "http://docs.corp/mcp"}]},
              "harpoon": {"targets": [{"label": "one", "url": "https://one.corp/"}]}
            }
            """,
    ];

    private static readonly string[] ProxyBases =
    [
        """{"routes": {"wiki": "http://wiki.corp:80"}}""",
        """{"routes": {"wiki": "https://wiki.corp:443"}}""",
    ];

    [Theory]
    [MemberData(nameof(ClientKeys))]
    public void Client_EachKey_ChangesTheResultOrIsNamed(string key, string value)
    {
        var checkedFiles = 0;
        foreach (var text in ClientBases)
        {
            var (without, with) = (ClientBase(text), ClientBase(text));
            AddNeeded(with, key);
            Set(with, key, value.Replace("CERTIFICATE", scene.Certificate, StringComparison.Ordinal));
            checkedFiles += Compare(scene.ImportClient, without, with, key);
        }

        checkedFiles.ShouldBePositive();
    }

    [Theory]
    [InlineData("control_plane.client_cert", "control_plane.client_key")]
    [InlineData("mcp.client_cert", "mcp.client_key")]
    [InlineData("mcp.server_urls[].client_cert", "mcp.server_urls[].client_key")]
    public void Client_Certificate_ChangesTheResultOrIsNamed(string certificate, string key)
    {
        var checkedFiles = 0;
        foreach (var text in ClientBases)
        {
            var (without, with) = (ClientBase(text), ClientBase(text));
            Set(with, certificate, $"\"{scene.Certificate}\"");
            Set(with, key, $"\"{scene.Key}\"");
            checkedFiles += Compare(scene.ImportClient, without, with, certificate);
        }

        checkedFiles.ShouldBePositive();
    }

    [Theory]
    [MemberData(nameof(ProxyKeys))]
    public void Proxy_EachKey_ChangesTheResultOrIsNamed(string key, string value)
    {
        foreach (var text in ProxyBases)
        {
            var (without, with) = (JsonNode.Parse(text)!, JsonNode.Parse(text)!);
            Set(with, key, value.Replace("CERTIFICATE", scene.Certificate, StringComparison.Ordinal));
            Compare(scene.ImportProxy, without, with, key).ShouldBe(1);
        }
    }

    [Fact]
    public void Keys_OfTheTests_AreThoseThatTheImportsKnow()
    {
        KeysOf(TunnelClientImport.Map)
            .Except(["config_version"])
            .ShouldBe(ClientKeys.Select(k => k.Data.Item1).Concat(ClientPairs), ignoreOrder: true);
        KeysOf(ProxyConfigImport.Map)
            .Except(["config_version"])
            .ShouldBe(ProxyKeys.Select(k => k.Data.Item1), ignoreOrder: true);
    }

    [Fact]
    public void Secrets_OfTheFile_AreNeverShown()
    {
        var whole = $$"""
            http_proxy: http://user:{{Marker}}@proxy.corp:3128
            control_plane:
              tunnel_id: tunnel_1
              api_key: {{Marker}}
              extra_headers:
                X-Auth: {{Marker}}
            cloudflared:
              token: {{Marker}}
            mcp:
              server_urls:
                - url: https://user:{{Marker}}@docs.corp/mcp?key={{Marker}}
                  http_proxy: http://user:{{Marker}}@own.corp
              commands:
                - channel: files
                  command: run --token {{Marker}} --api-key={{Marker}} TOKEN={{Marker}}
              extra_headers:
                Authorization: Bearer {{Marker}}
                X-Other: {{Marker}}
              discovery_extra_headers: {X-A: {{Marker}}}
            harpoon:
              targets:
                - label: auth
                  url: https://auth.corp/?token={{Marker}}

            """;

        scene.ImportClient(whole).Errors.ShouldBeEmpty();
        for (var length = whole.Length; length > 0; length -= 3)
        {
            Shown(scene.ImportClient(whole[..length])).ShouldNotContain(Marker, Case.Sensitive, $"at {length}");
        }
    }

    [Theory]
    [InlineData("\"S3CR3T-0123456789\"")]
    [InlineData("[\"S3CR3T-0123456789\"]")]
    [InlineData("{\"a\": \"S3CR3T-0123456789\"}")]
    [InlineData("[{\"a\": \"S3CR3T-0123456789\"}]")]
    [InlineData("[[\"S3CR3T-0123456789\"]]")]
    public void Secrets_InThePlaceOfAnotherValue_AreNotInErrorsAndLines(string value)
    {
        foreach (var key in ClientKeys.Select(k => k.Data.Item1).Concat(ClientPairs))
        {
            var file = ClientBase();
            AddNeeded(file, key);
            Set(file, key, value);

            var result = scene.ImportClient(file.ToJsonString());

            Shown(result with { Text = "" }).ShouldNotContain(Marker, Case.Sensitive, key);
        }
    }

    public void Dispose() => scene.Dispose();

    // A key that makes the file invalid is not dropped either; such a file is not counted.
    private int Compare(Func<string, ImportResult> import, JsonNode without, JsonNode with, string key)
    {
        var (before, after) = (import(without.ToJsonString()), import(with.ToJsonString()));
        if (after.Errors.Count > 0)
        {
            return 0;
        }

        scene.Read(after);
        var named = key.Replace("[]", "[0]", StringComparison.Ordinal);
        if (after.Text == before.Text && !after.Notes.Any(n => IsAbout(n, named)))
        {
            Assert.Fail($"{with.ToJsonString()}\n{string.Join('\n', after.Notes)}");
        }

        return 1;
    }

    private static bool IsAbout(ImportNote note, string key) =>
        note.Place is { Line: > 0 }
        && (
            note.Key.StartsWith(key, StringComparison.Ordinal)
            || key.StartsWith(note.Key + ".", StringComparison.Ordinal)
        );

    private static JsonNode ClientBase(string text = """{"mcp": {"server_urls": [{"url": "http://docs.corp/mcp"}]}}""")
    {
        var file = JsonNode.Parse(text)!;
        Set(file, "control_plane.tunnel_id", "\"tunnel_1\"");
        Set(file, "control_plane.api_key", "\"env:PATH\"");
        return file;
    }

    private static void AddNeeded(JsonNode file, string key)
    {
        if (key.StartsWith("mcp.commands[]", StringComparison.Ordinal))
        {
            Set(file, "mcp.commands[].channel", "\"tools\"");
            Set(file, "mcp.commands[].command", "\"mcp-tools\"");
        }

        if (key.StartsWith("harpoon.targets[]", StringComparison.Ordinal))
        {
            Set(file, "harpoon.targets[].label", "\"other\"");
            Set(file, "harpoon.targets[].url", "\"https://other.corp/\"");
        }
    }

    // "a.b[].c": the list gets one entry.
    private static void Set(JsonNode file, string key, string json)
    {
        var parts = key.Split('.');
        var at = file;
        foreach (var part in parts[..^1])
        {
            var name = part.Replace("[]", "", StringComparison.Ordinal);
            at[name] ??= name == part ? new JsonObject() : new JsonArray(new JsonObject());
            at = name == part ? at[name]! : at[name]![0]!;
        }

        at[parts[^1]] = JsonNode.Parse(json);
    }

    private static IEnumerable<string> KeysOf(Action<ImportedFile, YamlMap> map)
    {
        var file = new ImportedFile(ConfigDocument.Describe(), new Dictionary<string, string>(), "/");
        map(file, new YamlMap());
        return KeysOf(file.Root);
    }

    private static IEnumerable<string> KeysOf(ConfigSection section) =>
        section.Declarations.SelectMany(d =>
            d.Content is { } content ? KeysOf(content)
            : section.FullKey.Length == 0 ? [d.Key]
            : [$"{section.FullKey}.{d.Key}"]
        );

    private static string Shown(ImportResult result) =>
        string.Join('\n', result.Errors.Select(e => e.ToString()).Concat(result.Notes.Select(n => n.ToString())))
        + result.Text;
}
