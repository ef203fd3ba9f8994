using System.Text;
using System.Text.Json.Nodes;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Credentials.Aws;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Budgets;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Policy;

/// <summary>A tunnel with one route under a policy, and an upstream that records what reaches it.</summary>
internal sealed class PolicyFixture : IAsyncDisposable
{
    private readonly OauthFixture oauth;
    private Action<JsonObject>? claims;

    private PolicyFixture(
        OauthFixture oauth,
        RawUpstream upstream,
        TimeProvider time,
        IAuditTrail? trail,
        BudgetLedger? budgets,
        ApprovalService? approvals
    )
    {
        this.oauth = oauth;
        Upstream = upstream;
        Tunnel = new Support.Tunnel(time: time, trail: trail, budgets: budgets, approvals: approvals);
    }

    public RawUpstream Upstream { get; }

    public Support.Tunnel Tunnel { get; }

    public static string Json(string body, string headers = "") =>
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public static string Events(string body) =>
        $"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    /// <param name="claims">Changes the claims of the tokens.</param>
    public static Task<PolicyFixture> StartAsync(
        PolicySettings settings,
        string answer,
        IAuditTrail? trail = null,
        Action<JsonObject>? claims = null
    ) => StartAsync(settings, RawUpstream.Answering(answer), trail: trail, claims: claims);

    public static async Task<PolicyFixture> StartAsync(
        PolicySettings settings,
        RawUpstream upstream,
        TimeProvider? time = null,
        IAuditTrail? trail = null,
        Func<HttpUpstreamSettings, HttpUpstreamSettings>? change = null,
        RoutePins? pins = null,
        BudgetLedger? budgets = null,
        ApprovalService? approvals = null,
        Action<JsonObject>? claims = null,
        UpstreamCredential? credential = null
    )
    {
        time ??= TimeProvider.System;
        var oauth = new OauthFixture(
            time: time,
            exposed: PolicyFile.Oauth.Claims["corp"],
            needsClaims: settings.Rules.Any(r => r.ReadsClaims) || credential is AwsCredential
        );
        var fixture = new PolicyFixture(oauth, upstream, time, trail, budgets, approvals) { claims = claims };
        var policy = RoutePolicy.Create(settings, _ => fixture.oauth.Issuer.Url, [], time, pins: pins);
        fixture.Tunnel.Add(
            "docs",
            upstream.Port,
            fixture.oauth.Access(credential),
            policy,
            change,
            (IHostResolver?)null
        );
        await fixture.Tunnel.StartAsync();
        return fixture;
    }

    public string SessionOf(string id) => oauth.SessionOf(id);

    public string EventOf(string id) => oauth.EventOf(id);

    /// <param name="subject">Whose token; alice's unless given.</param>
    /// <param name="client">Of the client that the test issuer names unless given.</param>
    public string Token(string? subject = null, string? client = null) =>
        oauth.Token(claims =>
        {
            claims["sub"] = subject ?? "alice";
            claims["client_id"] = client ?? claims["client_id"]!.GetValue<string>();
            this.claims?.Invoke(claims);
        });

    public async Task<(HttpResponseMessage Answer, string Body)> PostAsync(
        string body,
        int httpVersion = 1,
        string? subject = null,
        string path = "/mcp",
        HttpMethod? method = null,
        Action<HttpRequestMessage>? change = null,
        Func<HttpContent, Task<string>>? read = null,
        string? clientId = null
    )
    {
        using var client = Tunnel.Client(version: new Version(httpVersion, httpVersion == 1 ? 1 : 0));
        var url = new Uri(
            $"https://{Support.Tunnel.Host}:9443{path}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, url)
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (method is null || body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Token(subject, clientId)}");
        change?.Invoke(request);
        var token = TestContext.Current.CancellationToken;
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
        return (answer, await (read ?? ReadTextAsync)(answer.Content));
    }

    // Whatever the type says of its encoding: the labels of servers are not all known here.
    private static async Task<string> ReadTextAsync(HttpContent content)
    {
        using var text = new StreamReader(await content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        return await text.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public static string Call(string tool, string id = "1", string arguments = "{}") =>
        $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""";

    public static string Request(string method, string id = "1") =>
        $$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}"}""";

    /// <summary>What a modern client sends with it.</summary>
    public static Action<HttpRequestMessage> Modern(string method, string? name = null) =>
        request =>
        {
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", "2026-07-28");
            request.Headers.TryAddWithoutValidation("Mcp-Method", method);
            if (name is not null)
            {
                request.Headers.TryAddWithoutValidation("Mcp-Name", name);
            }
        };

    public async ValueTask DisposeAsync()
    {
        await Tunnel.DisposeAsync();
        await Upstream.DisposeAsync();
        await oauth.DisposeAsync();
    }
}
