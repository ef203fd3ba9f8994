using System.Net;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;
using Culvert.Platform.Programs;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Commands;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Tests.Hosting;
using Culvert.Tunnel.Agent.Tests.LongPoll;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Connector;

/// <summary>The whole agent, from its file to a call that a connector brings.</summary>
public sealed class ConnectorRuntimeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-agent-").FullName;
    private readonly TunnelPki pki = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string ConfigurationFile => Path.Combine(folder, "agent.yaml");

    [Fact]
    public async Task Run_Connector_ServesReportsAndReloads()
    {
        await using var upstream = RawUpstream.Answering(LongPollScene.Json(LongPollScene.Result));
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        var settings = Configure(service, upstream.Port, LoopbackPort.Free());
        await using var agent = new RunningAgent(settings, Watch());
        await Eventually.UntilAsync(async () => await agent.FailedCheckAsync("connector") is null, Token);

        using var client = Client(settings.Connectors[0].Listen);
        using var content = new StringContent(LongPollScene.Call, null, "application/json");
        var answer = await client.PostAsync("/mcp", content, Token);
        (await answer.Content.ReadAsStringAsync(Token)).ShouldBe(LongPollScene.Result);

        (await agent.CheckAsync()).Single(f => f.Id == ConnectorCheck.Id).Status.ShouldBe(DoctorStatus.Pass);
        var doctor = await ConnectorCheck.RunAsync(settings, TimeProvider.System, Token);
        doctor.Status.ShouldBe(DoctorStatus.Pass);
        var shown = doctor.Evidence.ShouldHaveSingleItem();
        shown.ShouldContain($"for {ConnectorScene.Domain}, *.{ConnectorScene.Domain}, expires 2");

        // A certificate for other names: readiness and doctor say so. The agent's other checks stay as they are.
        WriteCertificate("other.example");
        await Eventually.UntilAsync(async () => await agent.FailedCheckAsync("connector") is not null, Token);
        doctor = await ConnectorCheck.RunAsync(settings, TimeProvider.System, Token);
        doctor.Status.ShouldBe(DoctorStatus.Fail);
        doctor.Evidence.ShouldHaveSingleItem().ShouldContain($"it is not for {ConnectorScene.Host}");
        (await agent.FailedCheckAsync("upstreams")).ShouldBeNull();

        // Without the tunnel nothing listens, and the agent is ready again.
        var text = await File.ReadAllTextAsync(ConfigurationFile, Token);
        var rest = text[..text.IndexOf("tunnels:", StringComparison.Ordinal)];
        await File.WriteAllTextAsync(ConfigurationFile, rest, Token);
        await Eventually.UntilAsync(async () => await agent.FailedCheckAsync("connector") is null, Token);
        await Eventually.UntilAsync(
            async () =>
                (await ConnectorCheck.RunAsync(settings, TimeProvider.System, Token)).Evidence is [var line]
                && line.Contains("refused", StringComparison.Ordinal),
            Token
        );
    }

    // From the service, as the agent's own: the provider's clients trust the authority of the tunnel.
    [Fact]
    public async Task Run_IssuedCertificate_ServesTheProvidersDomain()
    {
        await using var upstream = RawUpstream.Answering(LongPollScene.Json(LongPollScene.Result));
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        var settings = Configure(service, upstream.Port, LoopbackPort.Free(), "certificate_source: service");
        await using var agent = new RunningAgent(settings, Watch());
        await Eventually.UntilAsync(async () => await agent.FailedCheckAsync("connector") is null, Token);

        using var client = Client(settings.Connectors[0].Listen, service.Tunnel.Root);
        using var content = new StringContent(LongPollScene.Call, null, "application/json");
        var answer = await client.PostAsync("/mcp", content, Token);

        (await answer.Content.ReadAsStringAsync(Token)).ShouldBe(LongPollScene.Result);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private AgentSettings Configure(
        FakeService service,
        int upstream,
        int listen,
        string certificate = "certificate_file: tls.crt\n    key_file: tls.key"
    )
    {
        File.WriteAllText(Path.Combine(folder, "ca.pem"), service.Platform.RootPem);
        WritePrivate("idp-token", "eyJ.idp.token");
        WriteCertificate(ConnectorScene.Domain, "*." + ConnectorScene.Domain);
        File.WriteAllText(
            ConfigurationFile,
            $$"""
            config_version: 1
            state_dir: state
            identity:
              url: {{service.ApiUrl.GetLeftPart(UriPartial.Authority)}}
              ca_file: ca.pem
              organization_id: 11111111-2222-3333-4444-555555555555
              rule_id: fdrl_010000000000000000000000
              token: {file: idp-token}
            tunnel: {id: {{FakeService.TunnelId}}, drain_timeout: 1s}
            health: {listen: "127.0.0.1:0"}
            routes:
              docs:
                upstream:
                  url: http://127.0.0.1:{{upstream}}
                  allowed_ranges: [127.0.0.0/8]
                  health: {probe: tcp}
                oauth: {mode: dangerous_none}
            tunnels:
              - kind: connector
                listen: 127.0.0.1:{{listen}}
                tunnel_domain: {{ConnectorScene.Domain}}
                routes: [docs]
                CERTIFICATE

            """.Replace("CERTIFICATE", certificate, StringComparison.Ordinal)
        );
        var loaded = Load();
        loaded.Errors.ShouldBeEmpty();
        return loaded.Settings!;
    }

    private void WriteCertificate(params string[] names)
    {
        var pair = pki.Server(names);
        WritePrivate("tls.key", pair.ExportPrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "tls.crt"), pair.ExportCertificatesPem());
    }

    private void WritePrivate(string name, string text)
    {
        File.WriteAllText(Path.Combine(folder, name), text);
        File.SetUnixFileMode(Path.Combine(folder, name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private HttpClient Client(
        IPEndPoint address,
        System.Security.Cryptography.X509Certificates.X509Certificate2? root = null
    )
    {
        var policy = new System.Security.Cryptography.X509Certificates.X509ChainPolicy
        {
            TrustMode = System.Security.Cryptography.X509Certificates.X509ChainTrustMode.CustomRootTrust,
            RevocationMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(root ?? pki.Ca);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new System.Net.WebSockets.ClientWebSocket();
                socket.Options.Proxy = null;
                await socket.ConnectAsync(new Uri($"ws://{address}/"), token);
                return new ShapedStream(socket, MessageShape.Whole);
            },
            SslOptions = new() { CertificateChainPolicy = policy },
            UseProxy = false,
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"https://{ConnectorScene.Host}") };
    }

    private ConfigWatch<AgentSettings> Watch() =>
        new(ConfigurationFile, Load, Load(), RunCommand.IsReloadable, TimeProvider.System, NullLogger.Instance);

    private ConfigResult<AgentSettings> Load() =>
        ConfigLoader.Load(
            ConfigLocation.Agent,
            ConfigurationFile,
            AgentConfiguration.Read,
            new Dictionary<string, string>()
        );
}
