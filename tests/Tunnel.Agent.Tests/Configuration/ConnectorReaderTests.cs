using System.Net;
using System.Security.Authentication;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Tests.Configuration;

public sealed class ConnectorReaderTests : IDisposable
{
    private const string Agent = """
        config_version: 1
        state_dir: state
        identity:
          url: https://identity.example.com:8443
          organization_id: 11111111-2222-3333-4444-555555555555
          rule_id: fdrl_010000000000000000000000
          token: {environment: IDP_TOKEN}
        tunnel: {id: tnl_010000000000000000000000, drain_timeout: 7s, max_header_bytes: 32KiB}
        certificates: {tls_min_version: "1.3"}
        routes:
          docs:
            upstream: {url: "http://127.0.0.1:3001", allowed_ranges: [127.0.0.0/8]}
            oauth: {mode: dangerous_none}
          wiki:
            upstream: {stdio: {command: [cat]}}
            oauth: {mode: dangerous_none}

        """;

    private const string Least = """
        tunnels:
          - kind: connector
            tunnel_domain: ABCD1234.tunnel.example.com
            routes: [docs]
            certificate_source: service

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-config-").FullName;

    public ConnectorReaderTests()
    {
        File.WriteAllText(Path.Combine(folder, "tls.crt"), "");
        File.WriteAllText(Path.Combine(folder, "tls.key"), "");
    }

    [Fact]
    public void Read_LeastEntry_HasTheDefaults()
    {
        var loaded = Load(Agent + Least);

        loaded.Errors.ShouldBeEmpty();
        loaded.Settings.ShouldNotBeNull().LongPolls.ShouldBeEmpty();
        var tunnel = loaded.Settings.Connectors.Single();
        tunnel.Listen.ShouldBe(new IPEndPoint(IPAddress.Loopback, 8080));
        tunnel.Domain.ShouldBe("abcd1234.tunnel.example.com");
        tunnel.Routes.ShouldBe(["docs"]);
        tunnel.IsIssued.ShouldBeTrue();
        loaded.Settings.IssuedDomains.ShouldBe(["abcd1234.tunnel.example.com"]);
        tunnel.MaxConnections.ShouldBe(1024);
        tunnel.IdleTimeout.ShouldBe(TimeSpan.FromHours(1));
        tunnel.Protocols.ShouldBe(SslProtocols.Tls13);
        tunnel.MaxHeaderBytes.ShouldBe(32 << 10);
        tunnel.Drain.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void Read_EveryKey_IsActedOn()
    {
        var loaded = Load(
            Agent
                + Least.Replace(
                    "routes: [docs]\n    certificate_source: service",
                    "routes: [docs, wiki]\n    listen: 0.0.0.0:9000\n    dangerous_allow_non_loopback: true\n"
                        + "    certificate_file: tls.crt\n    key_file: tls.key\n    max_connections: 5\n    idle_timeout: 2m",
                    StringComparison.Ordinal
                )
        );

        loaded.Errors.ShouldBeEmpty();
        var tunnel = loaded.Settings.ShouldNotBeNull().Connectors.Single();
        tunnel.Listen.ShouldBe(new IPEndPoint(IPAddress.Any, 9000));
        tunnel.Routes.ShouldBe(["docs", "wiki"]);
        tunnel.IsIssued.ShouldBeFalse();
        tunnel.CertificateFile.ShouldBe(Path.Combine(folder, "tls.crt"));
        tunnel.KeyFile.ShouldBe(Path.Combine(folder, "tls.key"));
        tunnel.MaxConnections.ShouldBe(5);
        tunnel.IdleTimeout.ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData("listen: 0.0.0.0:8080", "listen")]
    [InlineData("listen: \"[::]:8080\"", "listen")]
    [InlineData("listen: 10.1.2.3:8080", "listen")]
    [InlineData("listen: \"8080\"", "listen")]
    [InlineData("max_connections: 0", "max_connections")]
    [InlineData("idle_timeout: 9s", "idle_timeout")]
    [InlineData("api_key: file:key", "api_key")] // of the other kind
    [InlineData("dangerous_allow_non_loopbak: true", "dangerous_allow_non_loopbak")]
    public void Read_BadKey_NamesItWithItsLine(string line, string key)
    {
        var loaded = Load(Agent + Least + $"    {line}\n");

        var error = loaded.Errors.ShouldHaveSingleItem();
        error.Key.ShouldBe($"tunnels[0].{key}");
        error.ToString().ShouldContain("agent.yaml");
    }

    [Theory]
    [InlineData("routes: [docs]", "routes: []", "routes")]
    [InlineData("routes: [docs]", "routes: [docs, wikki]", "routes")]
    [InlineData("ABCD1234.tunnel.example.com", "localhost", "tunnel_domain")]
    [InlineData("ABCD1234.tunnel.example.com", "https://x.example.com", "tunnel_domain")]
    [InlineData("ABCD1234.tunnel.example.com", "x.example.com.", "tunnel_domain")]
    [InlineData("ABCD1234.tunnel.example.com", "\"\"", "tunnel_domain")]
    [InlineData("kind: connector", "kind: conector", "kind")]
    public void Read_BadValue_NamesTheKey(string old, string text, string key) =>
        Load(Agent + Least.Replace(old, text, StringComparison.Ordinal))
            .Errors.ShouldContain(e => e.Key == $"tunnels[0].{key}");

    [Theory]
    [InlineData("", "certificate_file", "write certificate_source: service")] // neither
    [InlineData("certificate_source: files", "certificate_file", "write certificate_source: service")]
    [InlineData(
        "certificate_source: service\n    certificate_file: tls.crt\n    key_file: tls.key",
        "certificate_file",
        "or remove certificate_source"
    )] // both
    [InlineData("certificate_source: service\n    key_file: tls.key", "key_file", "or remove certificate_source")]
    [InlineData("certificate_file: tls.crt", "certificate_file", "Set both certificate_file and key_file")]
    [InlineData("key_file: tls.key", "key_file", "Set both certificate_file and key_file")]
    [InlineData("certificate_file: no.crt\n    key_file: tls.key", "certificate_file", "Name the PEM file")]
    [InlineData("certificate_file: tls.crt\n    key_file: no.key", "key_file", "Name the PEM file")]
    [InlineData(
        "certificate_source: acme\n    certificate_file: tls.crt\n    key_file: tls.key",
        "certificate_source",
        "Write one of files, service"
    )]
    public void Read_CertificateOfNoneOrTwoSources_SaysWhatToDo(string lines, string key, string remedy)
    {
        var text = Agent + Least.Replace("certificate_source: service", lines, StringComparison.Ordinal);

        var error = Load(text).Errors.ShouldHaveSingleItem();
        error.Key.ShouldBe($"tunnels[0].{key}");
        error.ToString().ShouldContain(remedy);
    }

    [Fact]
    public void Read_TwoEntries_NeedTheirOwnAddressAndDomain()
    {
        var entry = Least[Least.IndexOf("  -", StringComparison.Ordinal)..];

        Load(Agent + Least + entry)
            .Errors.Select(e => e.Key)
            .Order(StringComparer.Ordinal)
            .ShouldBe(["tunnels[1].listen", "tunnels[1].tunnel_domain"]);
    }

    [Fact]
    public void Read_SameText_HasTheSameOrigin()
    {
        var one = Load(Agent + Least).Settings!.Connectors[0].Origin;

        Load(Agent + Least).Settings!.Connectors[0].Origin.ShouldBe(one);
        Load(Agent.Replace("7s", "8s", StringComparison.Ordinal) + Least)
            .Settings!.Connectors[0]
            .Origin.ShouldNotBe(one);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ConfigResult<AgentSettings> Load(string text) =>
        ConfigLoader.Load(
            ConfigLocation.Agent,
            Path.Combine(folder, "agent.yaml"),
            AgentConfiguration.Read,
            new Dictionary<string, string>(),
            content: System.Text.Encoding.UTF8.GetBytes(text)
        );
}
