using Culvert.Platform.Configuration;
using Culvert.Tunnel.Edge.Configuration;

namespace Culvert.Tunnel.Edge.Tests.Configuration;

public sealed class EdgeSettingsReaderTests : IDisposable
{
    private const string Minimal = """
        config_version: 1
        edge_id: edge_010000000000000000000000
        state_dir: state
        identity:
          url: https://identity.test:8443
          organization_id: 11111111-1111-1111-1111-111111111111
          rule_id: fdrl_010000000000000000000000
          token: {environment: HOME}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-edge").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Read_MinimalFile_HasTheDocumentedDefaults()
    {
        var settings = Load(Minimal).Settings.ShouldNotBeNull();
        settings.EdgeId.ShouldBe("edge_010000000000000000000000");
        settings.StateDirectory.ShouldBe(Path.Combine(folder, "state"));
        settings.Agents.Listen.Single().ToString().ShouldBe("[::]:7844");
        settings.Agents.MaxConnections.ShouldBe(20_000);
        settings.Agents.HandshakeTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        settings.Agents.MaxStreamLife.ShouldBe(TimeSpan.FromHours(24));
        settings.Agents.OfflineGrace.ShouldBe(TimeSpan.FromHours(24));
        settings.Sni.Listen.Single().ToString().ShouldBe("[::]:9443");
        settings.Sni.PublicPort.ShouldBe(443);
        settings.Sni.MaxHelloBytes.ShouldBe(16 * 1024);
        settings.Clients.MaxConnections.ShouldBe(100_000);
        settings.Clients.PerSource.ShouldBe(1000);
        settings.Clients.NewPerSource.ShouldBe(new Rate(200, TimeSpan.FromSeconds(1)));
        settings.Clients.IdleTimeout.ShouldBe(TimeSpan.Zero);
        settings.Connect.Listen.Single().ToString().ShouldBe("[::]:9444");
        settings.Connect.PublicPort.ShouldBe(9444);
        settings.ProxyProtocol.Required.ShouldBeFalse();
        settings.DrainDelay.ShouldBe(TimeSpan.Zero);
        settings.TunnelDefaults.MaxConnections.ShouldBe(10_000);
        settings.TunnelDefaults.OpenStreams.ShouldBe(20_000);
        settings.TunnelDefaults.BytesPerSecond.ShouldBe(0);
        settings.TunnelDefaults.NewConnections.ShouldBe(new Rate(500, TimeSpan.FromSeconds(1)));
        settings.DrainTimeout.ShouldBe(TimeSpan.FromSeconds(60));
        settings.Health.Listen.Single().ToString().ShouldBe("127.0.0.1:9445");
    }

    [Fact]
    public void Read_Proxy_IsHowTheServiceIsReached() =>
        Load(Minimal + "\nnetwork: {proxy: {url: \"http://p\"}}")
            .Settings.ShouldNotBeNull()
            .Identity.Network.Proxy.ShouldNotBeNull();

    [Theory]
    [InlineData("edge_id: tnl_01", "edge_id")]
    [InlineData("edge_id: edge_01", "edge_id")]
    [InlineData("edge_id: \"${EDGE}\"", "edge_id")]
    [InlineData("agents: {offline_grace: 8d}", "agents.offline_grace")]
    [InlineData("agents: {max_stream_life: 25h}", "agents.max_stream_life")]
    [InlineData("sni: {max_hello_bytes: 17KiB}", "sni.max_hello_bytes")]
    [InlineData("sni: {public_port: 0}", "sni.public_port")]
    [InlineData("sni: {listen: [\"localhost:1\"]}", "sni.listen")]
    [InlineData("drain: 5s", "drain")]
    [InlineData("drain_delay: 6m", "drain_delay")]
    [InlineData("tunnel_defaults: {bytes: 1000}", "tunnel_defaults.bytes")]
    [InlineData("connect: {listen: [\"9444\"]}", "connect.listen")]
    [InlineData("proxy_protocol: {required: true}", "proxy_protocol.trusted_proxies")]
    [InlineData("proxy_protocol: {trusted_proxies: [10.0.0.1/32]}", "proxy_protocol.required")]
    public void Read_BadValue_IsReportedAtItsKey(string line, string key)
    {
        var text = line.StartsWith("edge_id", StringComparison.Ordinal)
            ? Minimal.Replace("edge_id: edge_010000000000000000000000", line, StringComparison.Ordinal)
            : Minimal + "\n" + line;
        Load(text).Errors.ShouldHaveSingleItem().Key.ShouldStartWith(key);
    }

    [Fact]
    public void Read_EmptyFile_ReportsEveryRequiredKey() =>
        Load("config_version: 1")
            .Errors.Select(e => e.Key)
            .ShouldBe(["edge_id", "identity.url", "identity.organization_id", "identity.rule_id"], ignoreOrder: true);

    private ConfigResult<EdgeSettings> Load(string yaml)
    {
        var file = Path.Combine(folder, "edge.yaml");
        File.WriteAllText(file, yaml);
        return ConfigLoader.Load(ConfigLocation.Edge, file, EdgeSettingsReader.Read, new Dictionary<string, string>());
    }
}
