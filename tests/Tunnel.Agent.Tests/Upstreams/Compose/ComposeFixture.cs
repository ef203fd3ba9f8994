using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose;

/// <summary>The routes of a file with members and composed tools, behind inner TLS, with tokens of one issuer.</summary>
internal sealed class ComposeFixture : IAsyncDisposable
{
    private readonly TestIssuer issuer = new();
    private readonly RouteSet set;

    private ComposeFixture(
        AgentSettings settings,
        PinBook? pins,
        ApprovalService? approvals,
        CredentialSources? sources
    )
    {
        Tunnel = new Support.Tunnel(trail: Trail, approvals: approvals);
        set = RouteSet.Create(
            settings.Routes,
            [OauthFixture.KeysOf(issuer, TimeProvider.System, settings: settings.Issuers.Single())],
            new UpstreamFactory(
                Support.Tunnel.NewForwarder(),
                Tunnel.Metrics,
                TimeProvider.System,
                NullLoggerFactory.Instance,
                Tunnel.Members
            ).Create,
            TimeProvider.System,
            pins: pins,
            sources: sources
        );
        Tunnel.Add(set.Routes);
    }

    public Support.Tunnel Tunnel { get; }

    public KeptTrail Trail { get; } = new();

    public IReadOnlyList<Route> Routes => set.Routes;

    public IReadOnlyList<CallRecord> Calls => [.. Trail.Records.OfType<CallRecord>().Where(r => r.Name.Length > 0)];

    /// <summary>Reads a file with these routes.</summary>
    public static ConfigResult<AgentSettings> Read(string routes)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(
                path,
                $$$"""
                config_version: 1
                identity: {url: "https://identity.example.com:8443", organization_id: 11111111-1111-1111-1111-111111111111, rule_id: fdrl_010000000000000000000000}
                tunnel: {id: tnl_010000000000000000000000}
                issuers: {corp: {issuer: "https://login.example.test", claims: [customer_id, level]}}
                routes:
                {{{routes}}}
                """
            );
            return ConfigLoader.Load(
                ConfigLocation.Agent,
                path,
                AgentConfiguration.Read,
                new Dictionary<string, string>()
            );
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static async Task<ComposeFixture> StartAsync(
        string routes,
        PinBook? pins = null,
        ApprovalService? approvals = null,
        CredentialSources? sources = null
    )
    {
        var read = Read(routes);
        read.Errors.Select(e => e.ToString()).ShouldBeEmpty();
        var fixture = new ComposeFixture(read.Settings!, pins, approvals, sources);
        await fixture.Tunnel.StartAsync();
        return fixture;
    }

    /// <summary>The response to a message; of the route <c>revenue</c> unless given.</summary>
    public async Task<JsonElement> PostAsync(
        string body,
        Action<JsonObject>? claims = null,
        string route = "revenue",
        CancellationToken cancellationToken = default
    )
    {
        var host = $"{route}.{Support.Tunnel.Domain}";
        using var client = Tunnel.Client(host);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://{host}/mcp");
        request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"Bearer {issuer.Token($"https://{host}/mcp", TimeProvider.System.GetUtcNow(), claims)}"
        );
        using var both = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            TestContext.Current.CancellationToken
        );
        using var answer = await client.SendAsync(request, both.Token);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(both.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await Tunnel.DisposeAsync();
        await set.DisposeAsync();
    }
}
