using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;
using Culvert.Platform.Identity;
using Culvert.Platform.Programs;
using Culvert.Platform.Tests.Identity;
using Culvert.Platform.Tests.Net;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Hosting;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Hosting;

/// <summary>The whole agent in this process, from its file to a call: service and edge are fakes that speak the real protocols.</summary>
public sealed class AgentRuntimeTests : IDisposable
{
    private const string EdgeId = "edge_01aaaaaaaaaaaaaaaaaaaaaa";
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-agent-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_AutomaticMode_EnrolsDialsAndServesACall()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        var settings = Configure(service, upstream.Port);
        using var state = StateDirectory.Open(settings.StateDirectory);
        await using var runtime = new AgentRuntime(settings, state, NullLoggerFactory.Instance, TimeProvider.System);
        using var stop = new CancellationTokenSource();

        var running = runtime.RunAsync(stop.Token);
        var connection = await edge.NextAsync();
        await UntilReadyAsync(runtime);
        using var client = Client(service, connection.Mux);
        (await client.GetStringAsync("/mcp", Token)).ShouldBe("ok");
        (await PathsAsync(settings)).ShouldBe([
            (PathChecks.EdgeNames, DoctorStatus.Pass),
            (PathChecks.Edges, DoctorStatus.Pass),
            (PathChecks.Upstreams, DoctorStatus.Pass),
            (PathChecks.Call, DoctorStatus.Fail), // this edge takes agents alone
        ]);

        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromMinutes(1), Token);
        connection.Mux.PeerGoAway.IsCompletedSuccessfully.ShouldBeTrue();
        service.Count("/v1/agent/reports").ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Run_FileChanges_NewCallsTakeTheNewRouteAndRunningOnesKeepTheirs()
    {
        var release = new TaskCompletionSource();
        await using var old = RawUpstream.Scripted(
            async (_, stream, cancel) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nol"u8.ToArray(), cancel);
                await release.Task.WaitAsync(cancel);
                await stream.WriteAsync("d!"u8.ToArray(), cancel);
                return true;
            }
        );
        await using var next = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        var settings = Configure(service, old.Port);
        var watch = Watch();
        using var state = StateDirectory.Open(settings.StateDirectory);
        await using var runtime = new AgentRuntime(
            settings,
            state,
            NullLoggerFactory.Instance,
            TimeProvider.System,
            watch
        );
        using var stop = new CancellationTokenSource();
        var running = runtime.RunAsync(stop.Token);
        var connection = await edge.NextAsync();
        await UntilReadyAsync(runtime);
        using var client = Client(service, connection.Mux);
        using var begun = await client.GetAsync("/mcp", HttpCompletionOption.ResponseHeadersRead, Token);

        Configure(service, next.Port);
        watch.Hurry();
        using var later = Client(service, connection.Mux);
        await UntilAsync(async () => await HeadOf(later) == "new");
        release.SetResult();
        (await begun.Content.ReadAsStringAsync(Token)).ShouldBe("old!");

        // A bad file changes nothing but what is said of it.
        await File.AppendAllTextAsync(ConfigurationFile, "no_such_key: 1\n", Token);
        await UntilAsync(() => Task.FromResult(watch.Problem.Contains("no_such_key", StringComparison.Ordinal)));
        (await later.GetStringAsync("/mcp", Token)).ShouldBe("new");

        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromMinutes(1), Token);
    }

    [Fact]
    public async Task Run_FileAddsTheFirstPolicy_CallsAreRecordedFromThenOn()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
        var settings = Configure(service, upstream.Port);
        var watch = Watch();
        using var state = StateDirectory.Open(settings.StateDirectory);
        await using var runtime = new AgentRuntime(
            settings,
            state,
            NullLoggerFactory.Instance,
            TimeProvider.System,
            watch
        );
        using var stop = new CancellationTokenSource();
        var running = runtime.RunAsync(stop.Token);
        var connection = await edge.NextAsync();
        await UntilReadyAsync(runtime);
        using var client = Client(service, connection.Mux);
        var records = Path.Combine(settings.StateDirectory, settings.Audit.File);

        await File.AppendAllTextAsync(ConfigurationFile, "    policy: {mode: observe}\n", Token);
        watch.Hurry();
        await UntilAsync(async () =>
        {
            using var call = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
            call.Headers.ContentType = new("application/json");
            using var answer = await client.PostAsync("/mcp", call, Token);
            return (await File.ReadAllTextAsync(records, Token)).Contains("tools/list", StringComparison.Ordinal);
        });

        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromMinutes(1), Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_BehindAProxy_ReachesServiceAndEdgeWithCredentialsAlone(bool withCredentials)
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var service = await FakeService.StartAsync(TimeProvider.System);
        await using var edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        await using var proxy = new ConnectProxy();
        service.Edges = [edge.Feed];
        File.WriteAllText(Path.Combine(folder, "proxy-password"), ConnectProxy.Password);
        File.SetUnixFileMode(Path.Combine(folder, "proxy-password"), UnixFileMode.UserRead);
        var credentials = withCredentials
            ? $", username: {ConnectProxy.UserName}, password: \"file:proxy-password\""
            : "";
        var settings = Configure(
            service,
            upstream.Port,
            $"network: {{proxy: {{url: \"{proxy.Url.GetLeftPart(UriPartial.Authority)}\"{credentials}}}}}"
        );
        using var state = StateDirectory.Open(settings.StateDirectory);
        await using var runtime = new AgentRuntime(settings, state, NullLoggerFactory.Instance, TimeProvider.System);
        using var stop = new CancellationTokenSource();

        var running = runtime.RunAsync(stop.Token);
        if (withCredentials)
        {
            await edge.NextAsync();
            await UntilReadyAsync(runtime);
            proxy.Targets.ShouldContain(edge.Address);
            proxy.Targets.ShouldContain(service.ApiUrl.Authority);
            proxy.Targets.ShouldContain(service.MachineUrl.Authority);
        }
        else
        {
            await UntilAsync(() => Task.FromResult(proxy.Denied > 0));
            proxy.Targets.ShouldBeEmpty();
            service.Count("/v1/oauth/token").ShouldBe(0);
        }

        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromMinutes(1), Token);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<IEnumerable<(string, DoctorStatus)>> PathsAsync(AgentSettings settings)
    {
        var state = AgentState.Read(settings.Identity, settings.Tunnel.Id, settings.StateDirectory);
        var findings = await new PathChecks(settings, state, TimeProvider.System).RunAsync(Token);
        return findings.Select(f => (f.Id, f.Status));
    }

    private string ConfigurationFile => Path.Combine(folder, "agent.yaml");

    private ConfigWatch<AgentSettings> Watch() =>
        new(ConfigurationFile, Load, Load(), RunCommand.IsReloadable, TimeProvider.System, NullLogger.Instance);

    private ConfigResult<AgentSettings> Load() =>
        ConfigLoader.Load(
            ConfigLocation.Agent,
            ConfigurationFile,
            AgentConfiguration.Read,
            new Dictionary<string, string>()
        );

    // The old route answers this only at its end, so what it begins to say is enough.
    private static async Task<string> HeadOf(HttpClient client)
    {
        using var answer = await client.GetAsync("/mcp", HttpCompletionOption.ResponseHeadersRead, Token);
        return answer.Content.Headers.ContentLength == 3 ? await answer.Content.ReadAsStringAsync(Token) : "";
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await condition())
        {
            limit.IsCancellationRequested.ShouldBeFalse();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }

    private AgentSettings Configure(FakeService service, int port, string network = "")
    {
        File.WriteAllText(Path.Combine(folder, "ca.pem"), service.Platform.RootPem);
        File.WriteAllText(Path.Combine(folder, "idp-token"), "eyJ.idp.token");
        File.SetUnixFileMode(Path.Combine(folder, "idp-token"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
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
            {{network}}
            routes:
              docs:
                upstream:
                  url: http://127.0.0.1:{{port}}
                  allowed_ranges: [127.0.0.0/8]
                  health: {probe: tcp}
                oauth: {mode: dangerous_none}

            """
        );
        var loaded = Load();
        loaded.Errors.ShouldBeEmpty();
        return loaded.Settings!;
    }

    private static KeyAndCertificate EdgeCertificate(TestPki platform)
    {
        using var issued = platform.Issue(
            $"spiffe://{FakeService.TrustDomain}/edge/{EdgeId}",
            usages: [TestPki.ServerAuthentication, TestPki.ClientAuthentication]
        );
        using var key = issued.GetECDsaPrivateKey()!;
        return KeyAndCertificate.FromPem(
            issued.ExportCertificatePem() + "\n" + platform.ChainPem,
            key.ExportPkcs8PrivateKeyPem()
        );
    }

    private static HttpClient Client(FakeService service, MuxConnection edge)
    {
        const string Host = "docs." + FakeService.Domain;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(service.Tunnel.Root);
        policy.ExtraStore.Add(service.Tunnel.Issuing);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { TargetHost = Host, CertificateChainPolicy = policy },
            ConnectCallback = (_, _) =>
            {
                var open = new OpenPayload
                {
                    ServerName = Host,
                    Client = new IPEndPoint(IPAddress.Loopback, 1),
                    ConnectionId = "c-1",
                };
                var stream = edge.Open(open);
                return ValueTask.FromResult<Stream>(
                    new StreamOverPipes(stream.Input, stream.Output, stream.DisposeAsync)
                );
            },
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"https://{Host}") };
    }

    private static async Task UntilReadyAsync(AgentRuntime runtime)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var open = new List<string>();
            foreach (var check in runtime.Checks)
            {
                if (await check.Evaluate(limit.Token) is { } reason)
                {
                    open.Add($"{check.Name}: {reason}");
                }
            }

            if (open.Count == 0)
            {
                return;
            }

            limit.IsCancellationRequested.ShouldBeFalse(string.Join(" | ", open));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }
}
