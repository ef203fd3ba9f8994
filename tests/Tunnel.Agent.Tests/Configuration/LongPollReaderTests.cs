using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.LongPoll;

namespace Culvert.Tunnel.Agent.Tests.Configuration;

public sealed class LongPollReaderTests : IDisposable
{
    private const string Secret = "sk-secret-0123456789";

    private const string Agent = """
        config_version: 1
        state_dir: state
        identity:
          url: https://identity.example.com:8443
          organization_id: 11111111-2222-3333-4444-555555555555
          rule_id: fdrl_010000000000000000000000
          token: {environment: IDP_TOKEN}
        tunnel: {id: tnl_010000000000000000000000, drain_timeout: 7s}
        routes:
          docs:
            upstream: {url: "http://127.0.0.1:3001", allowed_ranges: [127.0.0.0/8]}
            oauth: {mode: dangerous_none}
          local:
            upstream: {stdio: {command: [cat]}}
            oauth: {mode: dangerous_none}
          callouts:
            upstream: {callouts: {targets: [{name: tickets, url: "https://tickets.corp.example/open"}]}}
            oauth: {mode: dangerous_none}

        """;

    private const string Least = """
        tunnels:
          - kind: long_poll
            base_url: https://api.example.com
            tunnel_id: tunnel_abc
            api_key: file:key
            channels: {main: {route: docs}}

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-config-").FullName;

    public LongPollReaderTests()
    {
        var key = Path.Combine(folder, "key");
        File.WriteAllText(key, Secret);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Read_NoTunnels_IsValid() => Load(Agent).Settings.ShouldNotBeNull().LongPolls.ShouldBeEmpty();

    [Fact]
    public void Read_LeastEntry_HasTheDefaultsOfTheReference()
    {
        var loaded = Load(Agent + Least);

        loaded.Errors.ShouldBeEmpty();
        var tunnel = loaded.Settings.ShouldNotBeNull().LongPolls.Single();
        tunnel.BaseUrl.ShouldBe(new Uri("https://api.example.com"));
        tunnel.UrlPath.ShouldBe("");
        tunnel.TunnelId.ShouldBe("tunnel_abc");
        tunnel.Organization.ShouldBe("");
        tunnel.ApiKey.Read().ShouldBe(Secret);
        tunnel.Channels.ShouldBe([new LongPollChannel("main", "docs", false)]);
        tunnel.PollChannels.ShouldBeEmpty();
        tunnel.PollTimeout.ShouldBe(TimeSpan.FromSeconds(30));
        tunnel.PollGuard.ShouldBe(TimeSpan.FromSeconds(5));
        tunnel.MaxCommands.ShouldBe(20);
        tunnel.MaxAnswerBytes.ShouldBe(4 << 20);
        tunnel.MaxCallTime.ShouldBe(TimeSpan.FromMinutes(10));
        tunnel.StartupWait.ShouldBe(TimeSpan.FromSeconds(30));
        tunnel.Drain.ShouldBe(TimeSpan.FromSeconds(7));
        tunnel.ToString().ShouldNotContain(Secret);
    }

    [Fact]
    public void Read_EveryKey_IsActedOn()
    {
        var text =
            Agent
            + Least.Replace(
                "    channels: {main: {route: docs}}",
                """
                    url_path: /edge/v2/
                    organization: org-1
                    channels: {main: {route: docs}, files: {route: local}}
                    poll_channels: [files]
                    poll_timeout: 1m
                    poll_guard: 10s
                    max_commands: 50
                    max_answer_bytes: 1MiB
                    max_call_time: 1h
                    startup_wait: 0s
                """,
                StringComparison.Ordinal
            );

        var loaded = Load(text);

        loaded.Errors.ShouldBeEmpty();
        var tunnel = loaded.Settings.ShouldNotBeNull().LongPolls.Single();
        tunnel.UrlPath.ShouldBe("/edge/v2");
        tunnel.Organization.ShouldBe("org-1");
        tunnel.Channels.ShouldBe([new("main", "docs", false), new("files", "local", true)]);
        tunnel.PollChannels.ShouldBe(["files"]);
        tunnel.PollTimeout.ShouldBe(TimeSpan.FromMinutes(1));
        tunnel.PollGuard.ShouldBe(TimeSpan.FromSeconds(10));
        tunnel.MaxCommands.ShouldBe(50);
        tunnel.MaxAnswerBytes.ShouldBe(1 << 20);
        tunnel.MaxCallTime.ShouldBe(TimeSpan.FromHours(1));
        tunnel.StartupWait.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("kind: long_poll", "kind: websocket", "kind")]
    [InlineData("kind: long_poll\n    base_url", "base_url", "kind")]
    [InlineData("base_url: https://api.example.com", "base_url: http://api.example.com", "base_url")]
    [InlineData("base_url: https://api.example.com", "base_url: https://u:p@api.example.com", "base_url")]
    [InlineData("base_url: https://api.example.com", "base_url: https://api.example.com/v1", "base_url")]
    [InlineData("    base_url: https://api.example.com\n", "", "base_url")]
    [InlineData("tunnel_id: tunnel_abc", "tunnel_id: tunnel/../x", "tunnel_id")]
    [InlineData("tunnel_id: tunnel_abc", "tunnel_id: \"\"", "tunnel_id")]
    [InlineData("tunnel_id: tunnel_abc", "tunnel_id: t\n    organization: \"a b\"", "organization")]
    [InlineData("tunnel_id: tunnel_abc", "tunnel_id: t\n    url_path: v1", "url_path")]
    [InlineData("tunnel_id: tunnel_abc", "tunnel_id: t\n    url_path: /a/../b", "url_path")]
    [InlineData("tunnel_id: tunnel_abc", "tunnel_id: t\n    url_path: /a?b", "url_path")]
    [InlineData("api_key: file:key", "api_key: " + Secret, "api_key")]
    [InlineData("api_key: file:key", "api_key: file:missing", "api_key")]
    [InlineData("    api_key: file:key\n", "", "api_key")]
    [InlineData("{main: {route: docs}}", "{main: {route: wiki}}", "channels.main.route")]
    [InlineData("{main: {route: docs}}", "{main: {}}", "channels.main.route")]
    [InlineData("{main: {route: docs}}", "{Main: {route: docs}}", "channels")]
    [InlineData("{main: {route: docs}}", "{files: {route: docs}}", "channels")]
    [InlineData("{main: {route: docs}}", "{main: {route: docs}, harpoon: {route: docs}}", "channels.harpoon.route")]
    [InlineData("{main: {route: docs}}", "{main: {route: docs}, harpoon: {route: local}}", "channels.harpoon.route")]
    [InlineData("{main: {route: docs}}", "{harpoon: {route: callouts}}", "channels")]
    [InlineData("    channels: {main: {route: docs}}\n", "", "channels")]
    [InlineData("channels:", "poll_channels: [files]\n    channels:", "poll_channels")]
    [InlineData("channels:", "poll_channels: [main, main]\n    channels:", "poll_channels")]
    [InlineData("channels:", "poll_timeout: 590s\n    poll_guard: 59s\n    channels:", "poll_timeout")]
    [InlineData("channels:", "poll_timeout: 11m\n    channels:", "poll_timeout")]
    [InlineData("channels:", "poll_guard: 60s\n    channels:", "poll_guard")]
    [InlineData("channels:", "max_commands: 0\n    channels:", "max_commands")]
    [InlineData("channels:", "max_answer_bytes: 1KiB\n    channels:", "max_answer_bytes")]
    [InlineData("channels:", "client_certificate_file: a.pem\n    channels:", "client_certificate_file")]
    [InlineData("channels:", "client_key_file: a.pem\n    channels:", "client_key_file")]
    [InlineData(
        "channels:",
        "client_certificate_file: a.pem\n    client_key_file: a.pem\n    channels:",
        "client_certificate_file"
    )]
    [InlineData("channels:", "ca_file: missing.pem\n    channels:", "ca_file")]
    [InlineData("channels:", "ca_file: key\n    channels:", "ca_file")]
    [InlineData("channels:", "extra_headers: {a: b}\n    channels:", "extra_headers")]
    public void Read_WrongKey_IsRefusedAndNoSecretIsShown(string what, string instead, string key)
    {
        var text = Agent + Least.Replace(what, instead, StringComparison.Ordinal);
        text.ShouldNotBe(Agent + Least);

        var error = Load(text).Errors.ShouldHaveSingleItem();

        error.Key.ShouldBe($"tunnels[0].{key}");
        error.ToString()!.ShouldNotContain(Secret);
    }

    [Fact]
    public void Read_Harpoon_NeedsARouteWithCallouts()
    {
        var text = Agent + Least.Replace("docs}}", "docs}, harpoon: {route: callouts}}", StringComparison.Ordinal);

        var loaded = Load(text);

        loaded.Errors.ShouldBeEmpty();
        loaded
            .Settings.ShouldNotBeNull()
            .LongPolls.Single()
            .Channels.ShouldBe([new("main", "docs", false), new("harpoon", "callouts", true)]);
    }

    [Fact] // an agent for harpoon alone
    public void Read_HarpoonWithoutMain_IsValidIfItIsPolledAlone()
    {
        var text =
            Agent
            + Least.Replace(
                "channels: {main: {route: docs}}",
                "channels: {harpoon: {route: callouts}}\n    poll_channels: [harpoon]",
                StringComparison.Ordinal
            );

        var loaded = Load(text);

        loaded.Errors.ShouldBeEmpty();
        loaded.Settings.ShouldNotBeNull().LongPolls.Single().PollChannels.ShouldBe(["harpoon"]);
    }

    [Fact]
    public void Read_SameTunnelTwice_IsRefused()
    {
        var text = Agent + Least + Least.Replace("tunnels:\n", "", StringComparison.Ordinal);

        Load(text).Errors.ShouldHaveSingleItem().Key.ShouldBe("tunnels[1].tunnel_id");
    }

    [Fact]
    public void Read_MoreChannelsThanCanBeAnnounced_IsRefused()
    {
        var channels = string.Join(", ", Enumerable.Range(0, 32).Select(i => $"c{i}: {{route: docs}}"));
        var text = Agent + Least.Replace("{main:", $"{{{channels}, main:", StringComparison.Ordinal);

        Load(text).Errors.ShouldHaveSingleItem().Key.ShouldBe("tunnels[0].channels");
    }

    [Fact]
    public void Origin_ChangesWithWhatTheSectionSaysAlone()
    {
        string Origin(string text) => Load(text).Settings.ShouldNotBeNull().LongPolls.Single().Origin;

        Origin(Agent + Least).ShouldBe(Origin(Agent.Replace("3001", "3002", StringComparison.Ordinal) + Least));
        Origin(Agent + Least)
            .ShouldNotBe(Origin(Agent + Least.Replace("tunnel_abc", "tunnel_abd", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("tunnels[0].api_key")]
    [InlineData("tunnels[3].channels.main.route")]
    public void IsReloadable_OfATunnel_IsTrue(string key) => RunCommand.IsReloadable(key).ShouldBeTrue();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ConfigResult<AgentSettings> Load(string text)
    {
        var path = Path.Combine(folder, "agent.yaml");
        File.WriteAllText(path, text);
        return ConfigLoader.Load(ConfigLocation.Agent, path, AgentConfiguration.Read, new Dictionary<string, string>());
    }
}
