using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Imports;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Agent.Upstreams.Callouts;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Tests.Imports;

public sealed class TunnelClientImportTests : IDisposable
{
    private const string Least = """
        control_plane:
          tunnel_id: tunnel_0123456789abcdef0123456789abcdef
          api_key: env:PATH
        mcp:
          server_urls:
            - url: http://127.0.0.1:3001/mcp

        """;

    private readonly ImportScene scene = new();

    [Fact]
    public void Import_LeastFile_ServesTheServerThroughTheSameTunnel()
    {
        var settings = scene.Read(scene.ImportClient(Least));

        var tunnel = settings.LongPolls.Single();
        tunnel.BaseUrl.ShouldBe(new Uri("https://api.openai.com"));
        tunnel.TunnelId.ShouldBe("tunnel_0123456789abcdef0123456789abcdef");
        tunnel.ApiKey.ToString().ShouldBe("env:PATH");
        tunnel.Channels.ShouldBe([new LongPollChannel("main", "main", false)]);
        var route = settings.Routes.Single();
        route.Oauth.Mode.ShouldBe(OauthMode.Passthrough);
        route.Oauth.Path.ShouldBe("/mcp");
        var upstream = route.Upstream.ShouldBeOfType<HttpUpstreamSettings>();
        (upstream.Host, upstream.Port).ShouldBe(("127.0.0.1", 3001));
    }

    [Fact]
    public void Import_SeveralServers_EachIsARouteUnderItsChannel()
    {
        var settings = scene.Read(
            scene.ImportClient(
                $$"""
                control_plane: {tunnel_id: tunnel_1, api_key: "env:PATH", poll_channels: [main, my_tools]}
                mcp:
                  server_urls:
                    - {url: "https://docs.corp.internal:8443/a/mcp/", client_cert: "{{scene.Certificate}}", client_key: "file:{{scene.Key}}"}
                    - {channel: sock, url: "http://app.internal/mcp", unix_socket: /run/app.sock}
                  commands:
                    - {channel: my_tools, command: "python -m 'tools mcp'"}
                """
            )
        );

        settings.LongPolls.Single().PollChannels.ShouldBe(["main", "my_tools"]);
        settings
            .LongPolls.Single()
            .Channels.ShouldBe([
                new("main", "main", false),
                new("sock", "sock", false),
                new("my_tools", "my-tools", true),
            ]);
        settings.Routes[0].Oauth.Path.ShouldBe("/a/mcp/"); // its server may serve no other
        settings.Routes[0].Upstream.ShouldBeOfType<HttpUpstreamSettings>().ClientKeyFile!.FilePath.ShouldBe(scene.Key);
        var socket = settings.Routes[1].Upstream.ShouldBeOfType<HttpUpstreamSettings>();
        (socket.SocketPath, socket.HostHeader).ShouldBe(("/run/app.sock", "app.internal"));
        settings.Routes[2].Upstream.ShouldBeOfType<StdioSettings>().Command.ShouldBe(["python", "-m", "tools mcp"]);
        settings.Routes[2].Oauth.Mode.ShouldBe(OauthMode.Required);
    }

    [Fact]
    public void Import_StaticAuthorization_RequiresTokensOfCallers()
    {
        var settings = scene.Read(
            scene.ImportClient(Least + "  extra_headers: {authorization: Bearer abc, X-Team: env:PATH}\n")
        );

        var route = settings.Routes.Single();
        route.Oauth.Mode.ShouldBe(OauthMode.Required);
        route.Credential.Type.ShouldBe(CredentialType.Static);
        route.Credential.Value!.FilePath.ShouldBe(Path.Combine(scene.Folder, "header-authorization"));
        route
            .Upstream.ShouldBeOfType<HttpUpstreamSettings>()
            .Headers.Select(h => (h.Key, h.Value.ToString()))
            .ShouldBe([("X-Team", "env:PATH")]);
    }

    [Fact]
    public void Import_StaticHeadersAndTwoServers_GoToTheOneOfMainAlone()
    {
        var result = scene.ImportClient(
            Least
                + """
                    - {channel: other, url: "https://other.corp/mcp"}
                  extra_headers: {X-Key: "file:/run/key"}
                """
        );

        result.Errors.ShouldBeEmpty();
        result.Text.Split("X-Key").Length.ShouldBe(2);
        result.Notes.ShouldContain(n => n.Kind == ImportNoteKind.NoEqual && n.Key == "mcp.extra_headers");
    }

    [Fact]
    public void Import_UserInTheUrl_BecomesACredential()
    {
        var result = scene.ImportClient(
            Least.Replace("http://127.0.0.1", "http://joe:hunter2-hunter2@127.0.0.1", StringComparison.Ordinal)
        );

        scene.Read(result).Routes.Single().Credential.Type.ShouldBe(CredentialType.Static);
        result.Text.ShouldNotContain("hunter2-hunter2");
    }

    [Fact]
    public void Import_Proxies_TheNearestWins()
    {
        scene.Environment["HTTPS_PROXY"] = "http://user:pass@global.corp:3128";

        var settings = scene.Read(
            scene.ImportClient(
                """
                http_proxy: env:HTTPS_PROXY
                control_plane: {tunnel_id: t, api_key: "env:PATH"}
                mcp:
                  http_proxy: mcp.corp:3128
                  server_urls:
                    - {url: "https://a.corp/mcp"}
                    - {channel: b, url: "https://b.corp/mcp", http_proxy: "https://b-proxy.corp:3129"}
                    - {channel: c, url: "http://localhost:1/mcp"}
                """
            )
        );

        var proxy = settings.Identity.Network.Proxy.ShouldNotBeNull();
        (proxy.Url, proxy.UserName).ShouldBe((new Uri("http://global.corp:3128"), "user"));
        proxy.Password!.FilePath.ShouldBe(Path.Combine(scene.Folder, "proxy-password"));
        settings
            .Routes.Select(r => ((HttpUpstreamSettings)r.Upstream).Proxy?.Url.Host)
            .ShouldBe(["mcp.corp", "b-proxy.corp", null]);
    }

    [Fact]
    public void Import_ClientCertificate_MovesTheDefaultHost()
    {
        var settings = scene.Read(
            scene.ImportClient(
                Least.Replace(
                    "mcp:",
                    $"  client_cert: {scene.Certificate}\n  client_key: {scene.Key}\nmcp:",
                    StringComparison.Ordinal
                )
            )
        );

        settings.LongPolls.Single().BaseUrl.Host.ShouldBe("mtls.api.openai.com");
        settings.LongPolls.Single().ClientCertificateFile.ShouldBe(scene.Certificate);
    }

    [Fact]
    public void Import_Targets_BecomeARouteOfCallouts()
    {
        var settings = scene.Read(
            scene.ImportClient(
                Least
                    + """
                    harpoon:
                      allow_plaintext_http: true
                      max_response_bytes: 2000
                      targets:
                        - {label: auth, url: "https://auth.corp/token", description: x}
                        - {label: local, url: "http://127.0.0.1:9/x"}
                        - {label: again, url: "http://127.0.0.1:9/x"}
                        - {label: sock, url: "https://sock.corp/", unix_socket: /run/s}
                    """
            )
        );

        var route = settings.Routes.Single(r => r.Name == "callouts");
        route.Oauth.Mode.ShouldBe(OauthMode.Required);
        var targets = route.Upstream.ShouldBeOfType<CalloutSettings>().Targets;
        targets.Select(t => t.Name).ShouldBe(["auth", "local"]);
        targets.ShouldAllBe(t => t.MaxResponseBytes == 2000 && t.MaxRedirects == 5);
        targets[0].Methods.ShouldBe(["GET", "POST", "PUT"]);
        targets.Select(t => t.Description).ShouldBe(["x", ""]);
        settings.LongPolls.Single().Channels.Count.ShouldBe(1);
    }

    // An empty list would mean all channels: more than the client served.
    [Fact]
    public void Import_OnlyHarpoonIsPolled_TheTunnelIsNotImported()
    {
        var result = scene.ImportClient(
            Least.Replace("mcp:", "  poll_channels: [harpoon]\nmcp:", StringComparison.Ordinal)
        );

        scene.Read(result).LongPolls.ShouldBeEmpty();
        result.Notes.ShouldContain(n => n.Key == "control_plane" && n.Text.Contains("not imported"));
    }

    [Theory]
    [InlineData("python --api-key abc run", "python --api-key REPLACE run")]
    [InlineData("env TOKEN=abc run", "env TOKEN=REPLACE run")]
    [InlineData("run --header 'Authorization: Bearer abc'", "run --header REPLACE")]
    [InlineData("run sk-abcdefgh", "run REPLACE")]
    [InlineData("run --root /srv", "run --root /srv")]
    public void Import_CommandWithASecret_ReplacesIt(string command, string expected) =>
        scene
            .Read(
                scene.ImportClient(
                    $$"""
                    control_plane: {tunnel_id: t, api_key: "env:PATH"}
                    mcp: {commands: [{command: "{{command}}"}]}
                    """
                )
            )
            .Routes.Single()
            .Upstream.ShouldBeOfType<StdioSettings>()
            .Command.ShouldBe(expected.Split(' '));

    [Theory]
    [InlineData("    - {channel: b, url: \"http://x/%20/\"}\n", "mcp.server_urls[1].url")]
    [InlineData("    - {channel: b, url: \"http://x/mcp/sk-abcdefghijkl\"}\n", "mcp.server_urls[1].url")]
    [InlineData("    - {channel: b, url: \"https://x\", unix_socket: /s}\n", "mcp.server_urls[1].unix_socket")]
    public void Import_ServerWithoutEqual_IsNamedAndTheOthersAreImported(string server, string key)
    {
        var result = scene.ImportClient(Least + server);

        scene.Read(result).Routes.ShouldHaveSingleItem().Name.ShouldBe("main");
        result.Notes.ShouldContain(n => n.Key == key && n.Text.Contains("not imported"));
        result.Text.ShouldNotContain("sk-abcdefghijkl");
    }

    [Theory]
    [InlineData("base_url: \"http://x\"", "control_plane.base_url")]
    [InlineData("unix_socket: /run/plane.sock", "control_plane.unix_socket")]
    public void Import_ControlPlaneWithoutEqual_IsNamedAndTheServersAreImported(string line, string key)
    {
        var result = scene.ImportClient(Least.Replace("mcp:", $"  {line}\nmcp:", StringComparison.Ordinal));

        var settings = scene.Read(result);
        settings.Routes.ShouldHaveSingleItem();
        settings.LongPolls.ShouldBeEmpty();
        result.Notes.ShouldContain(n => n.Kind == ImportNoteKind.NoEqual && n.Key == key);
    }

    [Fact] // the agent has other defaults
    public void Import_DefaultsOfTheClient_AreKeptOrNamed()
    {
        var result = scene.ImportClient(Least);

        var tunnel = scene.Read(result).LongPolls.Single();
        (tunnel.MaxCommands, tunnel.StartupWait).ShouldBe((10, TimeSpan.Zero));
        scene.Read(result).Health.Listen.Single().ToString().ShouldBe("127.0.0.1:8080");
        result.Notes.ShouldContain(n => n.Kind == ImportNoteKind.Changed && n.Key == "tunnels[0].max_answer_bytes");
    }

    [Theory]
    [InlineData("config_version: 2", "config_version")]
    [InlineData("surprise: 1", "surprise")]
    [InlineData("mcp: {server_urls: [{url: ftp://x}]}", "mcp.server_urls[0].url")]
    [InlineData("mcp: {server_urls: [{url: \"env:CULVERT_NOT_SET\"}]}", "mcp.server_urls[0].url")]
    [InlineData("mcp: {server_urls: [{url: \"http://x\"}, {url: \"http://y\"}]}", "mcp.server_urls[1].channel")]
    [InlineData("mcp: {server_urls: [{channel: harpoon, url: \"http://y\"}]}", "mcp.server_urls[0].channel")]
    [InlineData("mcp: {server_urls: [{url: \"https://x\", client_cert: /s}]}", "mcp.server_urls[0].client_cert")]
    [InlineData("mcp: {commands: [{command: \"a 'b\"}]}", "mcp.commands[0].command")]
    [InlineData("mcp: {connection_max_ttl: ten}", "mcp.connection_max_ttl")]
    [InlineData("control_plane: {url_path: \"/a/../b\"}", "control_plane.url_path")]
    [InlineData("control_plane: {tunnel_id: \"a b\"}", "control_plane.tunnel_id")]
    [InlineData("control_plane: {client_cert: /x}", "control_plane.client_cert")]
    [InlineData("log: {level: loud}", "log.level")]
    [InlineData("harpoon: {targets: [{label: A, url: \"https://x\"}]}", "harpoon.targets[0].label")]
    [InlineData("harpoon: {targets: [{label: a, url: \"https://u:p@x\"}]}", "harpoon.targets[0].url")]
    [InlineData("a: &x 1\nb: *x", "b")]
    [InlineData("{}", "mcp")]
    [InlineData("\"key", "")]
    public void Import_BadFile_NamesTheKey(string yaml, string key)
    {
        var result = scene.ImportClient(yaml);

        result.Text.ShouldBeEmpty();
        result.Errors.ShouldContain(e => e.Key == key && e.Message.Length > 0 && e.Remedy.Length > 0);
        result.Errors.ShouldAllBe(e => e.Value == null);
    }

    [Fact]
    public void Import_ThirtyThreeChannels_IsAnError()
    {
        var servers = string.Join(
            ", ",
            Enumerable.Range(0, 33).Select(i => $"{{channel: c{i}, url: \"http://x{i}\"}}")
        );

        scene.ImportClient($"mcp: {{server_urls: [{servers}]}}").Errors.Single().Key.ShouldBe("mcp.server_urls");
    }

    public void Dispose() => scene.Dispose();
}
