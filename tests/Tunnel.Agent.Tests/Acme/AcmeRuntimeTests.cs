using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Testing.Dns;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Hosting;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Frames;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Acme;

/// <summary>
/// Two whole agents of one tunnel, a CA that looks for itself, and between them an edge that relays bytes by name: what a
/// client that trusts the public CA alone gets (S24, S25).
/// </summary>
public sealed class AcmeRuntimeTests : IAsyncLifetime
{
    private const string EdgeId = "edge_01aaaaaaaaaaaaaaaaaaaaaa";
    private const string Host = "docs." + FakeService.Domain;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-acme-").FullName;
    private readonly ScriptedDns dns = ScriptedDns.Start();
    private readonly TcpListener door = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, FeedAcmeChallenge> challenges = [];
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> acknowledged = [];
    private readonly List<MuxConnection> connections = [];
    private FakeService service = null!;
    private FakeEdge edge = null!;
    private Pebble pebble = null!;
    private ScriptedDirectory directory = null!;
    private RawUpstream upstream = null!;
    private Task relaying = Task.CompletedTask;
    private int turn;
    private int expectedAgents = 1;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        dns.Address(Host, "127.0.0.1");
        door.Start();
        relaying = RelayAsync();
        pebble = await Pebble.StartAsync(dns.EndPoint, ((IPEndPoint)door.LocalEndpoint).Port);
        directory = await ScriptedDirectory.StartAsync(pebble);
        upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        service = await FakeService.StartAsync(TimeProvider.System);
        service.Intercept = AnswerAsync;
        edge = new FakeEdge(EdgeId, EdgeCertificate(service.Platform));
        service.Edges = [edge.Feed];
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        door.Dispose();
        await relaying;
        await edge.DisposeAsync();
        await service.DisposeAsync();
        await upstream.DisposeAsync();
        await directory.DisposeAsync();
        await pebble.DisposeAsync();
        await dns.DisposeAsync();
        stop.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Run_TwoAgentsOfATunnel_EachGetsACertificateWhicheverOfThemTheCaReaches()
    {
        expectedAgents = 2;
        await using var one = await StartAsync("one");
        await using var two = await StartAsync("two");
        var accounts = new[] { await one.AccountAsync(), await two.AccountAsync() };
        accounts[0].ShouldNotBe(accounts[1]);

        dns.Issuers(Host, accounts.Select(a => $"pebble.test; accounturi={a}; validationmethods=tls-alpn-01"));
        var root = await pebble.RootAsync();
        foreach (var agent in new[] { one, two })
        {
            await Eventually.UntilAsync(
                async () => await CallAsync(agent.Mux, root) == "ok",
                Token,
                details: agent.Describe
            );
        }

        // Each had the other's challenge before the CA was requested to validate.
        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(2);
        acknowledged.Values.Count(a => a.Count == 2).ShouldBeGreaterThanOrEqualTo(2);
        challenges.ShouldBeEmpty();
        (await SerialAsync(one.Mux)).ShouldNotBe(await SerialAsync(two.Mux));
    }

    [Fact]
    public async Task Run_RenewalUnderTraffic_FailsNoCall()
    {
        var now = TimeProvider.System.GetUtcNow();
        directory.Renewal = id =>
            directory.Asked[0] == id ? (now.AddDays(-2), now.AddDays(-1)) : (now.AddDays(20), now.AddDays(21));
        var traffic = new TaskCompletionSource();
        directory.Opened = traffic.Task; // else the second certificate may be there before the first was seen
        await using var agent = await StartAsync("one", unbound: true);
        var root = await pebble.RootAsync();
        await Eventually.UntilAsync(
            async () => await CallAsync(agent.Mux, root) == "ok",
            Token,
            details: agent.Describe
        );
        using var kept = Client(agent.Mux, root);
        var serials = new HashSet<string>();
        var (calls, failed) = (0, 0);
        using var limit = new CancellationTokenSource(Eventually.Limit);
        while ((serials.Count < 2 || calls < 50) && !limit.IsCancellationRequested)
        {
            serials.Add(await SerialAsync(agent.Mux));
            traffic.TrySetResult();
            failed += await kept.GetStringAsync("/mcp", Token) == "ok" ? 0 : 1;
            failed += await CallAsync(agent.Mux, root) == "ok" ? 0 : 1;
            calls += 2;
        }

        failed.ShouldBe(0);
        serials.Count.ShouldBe(2, agent.Describe());
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{calls} calls, {failed} failed, {serials.Count} certificates"
        );
    }

    [Fact]
    public async Task Run_OneAgentDoesNotAcknowledge_TheCaIsNeverTold()
    {
        expectedAgents = 2; // the second is live and silent
        await using var agent = await StartAsync("one", unbound: true);

        await Eventually.UntilAsync(() => acknowledged.Values.Any(a => a.Count == 1), Token, details: agent.Describe);
        await Eventually.UntilAsync(() => service.Count(LastChallengePath) > 2, Token, details: agent.Describe);
        pebble.Log.ShouldNotContain("Pulled a task"); // of validation
    }

    [Fact]
    public async Task Run_HostnameOfItsOwn_IsServedOnceItIsActiveOnTheTunnel()
    {
        const string Own = "mcp.example.test";
        dns.Address(Own, "127.0.0.1");
        await using var agent = await StartAsync("one", unbound: true, hostnames: Own);
        var root = await pebble.RootAsync();
        await Eventually.UntilAsync(
            async () => await CallAsync(agent.Mux, root) == "ok",
            Token,
            details: agent.Describe
        );
        (await CallAsync(agent.Mux, root, Own)).ShouldStartWith("failed");

        service.Hostnames = [new FeedHostname(Name: Own, State: HostnameState.Pending)];
        service.Change();
        (await CallAsync(agent.Mux, root, Own)).ShouldStartWith("failed");

        service.Hostnames = [new FeedHostname(Name: Own, State: HostnameState.Active)];
        service.Change();
        await Eventually.UntilAsync(
            async () => await CallAsync(agent.Mux, root, Own) == "ok",
            Token,
            details: agent.Describe
        );

        service.Hostnames = [new FeedHostname(Name: Own, State: HostnameState.Suspended)];
        service.Change();
        await Eventually.UntilAsync(
            async () => await CallAsync(agent.Mux, root, Own) != "ok",
            Token,
            details: agent.Describe
        );
    }

    private string LastChallengePath => "/v1/agent/acme_challenges/" + acknowledged.Keys.Last();

    // What the service does with challenges, in memory.
    private async Task<bool> AnswerAsync(Machine.Client.Tests.Support.RecordedRequest request, HttpContext context)
    {
        const string Root = "/v1/agent/acme_challenges";
        if (!request.Path.StartsWith(Root, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = request.Path[Root.Length..].Trim('/').Split('/');
        var id = rest[0];
        if (id.Length == 0)
        {
            var wanted = JsonSerializer.Deserialize(request.Body, WireJson.Default.AcmeChallengeRequest)!;
            id = $"acmc_{acknowledged.Count + 1}";
            acknowledged[id] = [];
            challenges[id] = new FeedAcmeChallenge(
                Id: id,
                TunnelId: FakeService.TunnelId,
                Name: wanted.Name,
                KeyAuthorizationSha256: wanted.KeyAuthorizationSha256,
                ExpiresAt: wanted.ExpiresAt
            );
            Publish();
        }
        else if (rest.Length == 2)
        {
            acknowledged[id][request.ClientSerial ?? ""] = true;
            context.Response.StatusCode = 204;
            return true;
        }
        else if (context.Request.Method == "DELETE")
        {
            challenges.TryRemove(id, out _);
            Publish();
            context.Response.StatusCode = 204;
            return true;
        }

        var all = acknowledged[id].Count >= expectedAgents;
        var document = new AcmeChallengeDocument
        {
            Id = id,
            Name = Host,
            ExpiresAt = challenges[id].ExpiresAt,
            Acknowledged = all,
            WaitingFor = all ? [] : ["agt_2"],
        };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonSerializer.Serialize(document, WireJson.Default.AcmeChallengeDocument));
        return true;
    }

    private void Publish()
    {
        service.Challenges = [.. challenges.Values];
        service.Change();
    }

    // The edge of the picture: it opens a stream for the name and moves bytes, to each agent in turn.
    private async Task RelayAsync()
    {
        try
        {
            while (true)
            {
                var client = await door.AcceptTcpClientAsync(stop.Token);
                _ = RelayAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                MuxConnection agent;
                lock (connections)
                {
                    agent = connections[turn++ % connections.Count];
                }

                // The CA asks for one name at a time here: the newest challenge's.
                var name = challenges.Values.Select(c => c.Name).FirstOrDefault() ?? Host;
                await using var stream = Open(agent, name);
                var outside = client.GetStream();
                await Task.WhenAny(outside.CopyToAsync(stream, stop.Token), stream.CopyToAsync(outside, stop.Token));
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // One of the two has gone.
            }
        }
    }

    private static Stream Open(MuxConnection agent, string name)
    {
        var stream = agent.Open(
            new OpenPayload
            {
                ServerName = name,
                Client = new IPEndPoint(IPAddress.Loopback, 1),
                ConnectionId = "c-1",
            }
        );
        return new StreamOverPipes(stream.Input, stream.Output, stream.DisposeAsync);
    }

    private static async Task<string> CallAsync(MuxConnection agent, X509Certificate2 root, string host = Host)
    {
        try
        {
            using var client = Client(agent, root, host);
            return await client.GetStringAsync("/mcp", Token);
        }
        catch (HttpRequestException e)
        {
            return $"failed: {e.Message}";
        }
    }

    private static async Task<string> SerialAsync(MuxConnection agent)
    {
        await using var tls = new SslStream(Open(agent, Host), false, (_, shown, _, _) => shown is not null);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = Host }, Token);
        return CertificateNames.Serial(new X509Certificate2(tls.RemoteCertificate!));
    }

    private static HttpClient Client(MuxConnection agent, X509Certificate2 root, string host = Host)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(root);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy },
            ConnectCallback = (_, _) => ValueTask.FromResult(Open(agent, host)),
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"https://{host}") };
    }

    private async Task<RunningAgent> StartAsync(string name, bool unbound = false, string hostnames = "")
    {
        var at = Path.Combine(folder, name);
        Directory.CreateDirectory(at);
        File.WriteAllText(Path.Combine(at, "ca.pem"), service.Platform.RootPem);
        File.WriteAllText(Path.Combine(at, "acme-ca.pem"), File.ReadAllText(pebble.CaFile) + directory.RootPem);
        File.WriteAllText(Path.Combine(at, "idp-token"), "eyJ.idp.token");
        File.SetUnixFileMode(Path.Combine(at, "idp-token"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var file = Path.Combine(at, "agent.yaml");
        File.WriteAllText(
            file,
            $$"""
            config_version: 1
            state_dir: state
            identity:
              url: {{service.ApiUrl.GetLeftPart(UriPartial.Authority)}}
              ca_file: ca.pem
              organization_id: 11111111-2222-3333-4444-555555555555
              rule_id: fdrl_010000000000000000000000
              token: {file: idp-token}
            tunnel: {id: {{FakeService.TunnelId}}, drain_timeout: 1s, connections: 1}
            health: {listen: "127.0.0.1:0"}
            acme:
              directory: {{directory.Url}}
              ca_file: acme-ca.pem
              allowed_ranges: [127.0.0.0/8]
              accept_terms: true
              resolvers: ["{{dns.EndPoint}}"]
              dangerous_allow_unbound_acme: {{(unbound ? "true" : "false")}}
            routes:
              docs:
                upstream:
                  url: http://127.0.0.1:{{upstream.Port}}
                  allowed_ranges: [127.0.0.0/8]
                  health: {probe: none}
                certificate: acme
                hostnames: [{{hostnames}}]
                oauth: {mode: dangerous_none}
            """
        );
        var loaded = ConfigLoader.Load(
            ConfigLocation.Agent,
            file,
            AgentConfiguration.Read,
            new Dictionary<string, string>()
        );
        var settings = loaded.Settings.ShouldNotBeNull(string.Join(" | ", loaded.Errors));
        var agent = new RunningAgent(settings);
        var connection = await edge.NextAsync();
        await connection.Mux.PeerHello;
        agent.Mux = connection.Mux;
        lock (connections)
        {
            connections.Add(connection.Mux);
        }

        return agent;
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

    private sealed class RunningAgent : IAsyncDisposable
    {
        private readonly AgentSettings settings;
        private readonly StateDirectory state;
        private readonly AgentRuntime runtime;
        private readonly CancellationTokenSource stop = new();
        private readonly Task running;

        public RunningAgent(AgentSettings settings)
        {
            this.settings = settings;
            state = StateDirectory.Open(settings.StateDirectory);
            runtime = new AgentRuntime(
                settings,
                state,
                new AgentTelemetry(NullLoggerFactory.Instance),
                TimeProvider.System
            );
            running = runtime.RunAsync(stop.Token);
        }

        public MuxConnection Mux { get; set; } = null!;

        public async Task<string> AccountAsync()
        {
            var account = (string?)null;
            await Eventually.UntilAsync(
                () =>
                {
                    account = new AcmeStore(state, settings.Acme.Directory).LoadAccount()?.Url;
                    return account is not null;
                },
                Token,
                details: Describe
            );
            return account!;
        }

        public string Describe() =>
            string.Join(
                " | ",
                new AcmeStore(state, settings.Acme.Directory)
                    .LoadNames()
                    .Select(n => $"{n.Name} {n.RenewAt} {n.NotBefore} {n.LastFailure}")
            );

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running.WaitAsync(Eventually.Limit);
            await runtime.DisposeAsync();
            state.Dispose();
            stop.Dispose();
        }
    }
}
