using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Agent.Upstreams.Crawling;
using Microsoft.Extensions.Logging;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>A tunnel with one route whose server is pinned: what an operator approved is what was there at the start.</summary>
internal sealed class PinScene : IAsyncDisposable
{
    public const string TunnelId = "tnl_010000000000000000000000";
    public const string PlatformDomain = "id.test";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-pins-").FullName;
    private readonly StateDirectory state;
    private readonly AgentMetrics metrics = new();
    private readonly HttpUpstream own;
    private PolicyFixture fixture = null!;

    private PinScene(ChangingServer server, PinSettings settings, string route)
    {
        Server = server;
        Platform = new TestPki(Time.GetUtcNow());
        state = StateDirectory.Open(Path.Combine(folder, "state"));
        Reporter = new PinReporter(Trail, metrics, Time, Log.CreateLogger<PinReporter>());
        Book = new PinBook(state, Reporter, Time);
        Pins = Book.Create(route, settings)!;
        var upstream = Support.Tunnel.UpstreamTo(server.Port);
        own = new HttpUpstream(
            upstream,
            new UpstreamConnector(upstream, TimeProvider.System),
            Support.Tunnel.NewForwarder()
        );
        var policy = RoutePolicy.Create(Enforced, name => name, [], Time, pins: Pins);
        Watch = new PinWatch(
            new Route(route, own, [], RouteAccess.Open(OauthMode.DangerousNone)) { Policy = policy },
            Book,
            () => IsEnrolled ? new PinSigner(Agent(), "agent-1") : null,
            Time
        );
    }

    /// <summary>Whether the agent has a certificate, with which it can sign.</summary>
    public bool IsEnrolled { get; set; } = true;

    public static PolicySettings Enforced { get; } = new() { Mode = PolicyMode.Enforce, Default = PolicyEffect.Allow };

    public static PinSettings Default { get; } = new() { Mode = PinMode.Enforce };

    public FakeTimeProvider Time { get; } = new();

    public LogLines Log { get; } = new();

    public KeptTrail Trail { get; } = new();

    public TestPki Platform { get; }

    public ChangingServer Server { get; }

    public PinReporter Reporter { get; }

    public PinBook Book { get; }

    public RoutePins Pins { get; }

    public PinWatch Watch { get; }

    public PinFiles Files => Book.GetFiles(Pins.State.Route);

    public string StatePath => state.Path;

    public IEnumerable<PinRecord> Records => Trail.Records.OfType<PinRecord>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A server with these tools, all of them approved.</summary>
    public static Task<PinScene> StartAsync(params string[] tools) =>
        StartAsync(new ChangingServer { Tools = tools }, Default);

    public static async Task<PinScene> StartAsync(
        ChangingServer server,
        PinSettings settings,
        bool isApproved = true,
        string route = "docs"
    )
    {
        var scene = new PinScene(server, settings, route);
        if (isApproved)
        {
            await scene.VerifyAsync();
            await scene.ApproveAsync();
        }

        scene.fixture = await PolicyFixture.StartAsync(Enforced, server.Upstream, trail: scene.Trail, pins: scene.Pins);
        return scene;
    }

    /// <summary>The agent reads the server once.</summary>
    public async Task VerifyAsync()
    {
        await Watch.VerifyAsync(Token);
        Watch.Save();
    }

    /// <summary>An operator approves everything that differs, and the agent takes it over.</summary>
    public async Task ApproveAsync()
    {
        using (await Files.LockAsync(TimeProvider.System, Token))
        {
            new PinApproval(Files, Pins.State.Route, new PinSigner(Agent(), "agent-1"), "alice", Time.GetUtcNow())
                .Apply(Files.LoadPinned(), [.. Pins.State.Drifts])
                .ShouldNotBeNull();
        }

        Watch.Reload();
        Watch.Save();
    }

    public async Task<JsonNode> PostAsync(string body, Action<HttpRequestMessage>? change = null)
    {
        await RecordedAsync(); // so that the records are in the order of the requests
        return JsonNode.Parse((await fixture.PostAsync(body, change: change)).Body)!;
    }

    public Task<(HttpResponseMessage Answer, string Body)> PostRawAsync(string body) => fixture.PostAsync(body);

    /// <summary>The record of the last call.</summary>
    public async Task<CallRecord> LastCallAsync()
    {
        await RecordedAsync();
        return Trail.Records.OfType<CallRecord>().Last();
    }

    // A record is written after its response.
    private Task RecordedAsync() => Eventually.UntilAsync(() => Trail.Places == 0, Token);

    /// <summary>The names that a client is shown.</summary>
    public async Task<string[]> ListAsync(string method = "tools/list", string member = "tools", string key = "name") =>
        [.. (await ListEntriesAsync(method, member)).Select(e => e[key]!.GetValue<string>())];

    public async Task<JsonNode[]> ListEntriesAsync(string method = "tools/list", string member = "tools") =>
        [.. (await PostAsync(PolicyFixture.Request(method)))["result"]![member]!.AsArray().Select(e => e!)];

    /// <summary>Whether a call of the tool reaches the server.</summary>
    /// <param name="tool">Its name.</param>
    /// <param name="arguments">Those that the standard schema accepts, unless given.</param>
    public async Task<bool> CallAsync(string tool, string arguments = """{"id":"r-1"}""")
    {
        var before = Server.Called.Count;
        var answer = await PostAsync(
            $$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":{{Definitions.Text(tool)}},"arguments":{{arguments}} } }"""
        );
        var isCalled = Server.Called.Count > before;
        (answer["result"] is not null).ShouldBe(isCalled);
        return isCalled;
    }

    public KeyAndCertificate Agent()
    {
        using var issued = Platform.Issue(
            $"spiffe://{PlatformDomain}/o/org/t/{TunnelId}/agent/agent-1",
            usages: [TestPki.ClientAuthentication]
        );
        using var key = issued.GetECDsaPrivateKey()!;
        return KeyAndCertificate.FromPem(
            issued.ExportCertificatePem() + "\n" + Platform.ChainPem,
            key.ExportPkcs8PrivateKeyPem()
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (fixture is not null)
        {
            await fixture.DisposeAsync();
        }

        await own.DisposeAsync();
        metrics.Dispose();
        state.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
