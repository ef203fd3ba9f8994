using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Tests.Policy;
using Culvert.Tunnel.Agent.Tests.Support;
using static Culvert.Tunnel.Agent.Tests.Policy.Policies;
using static Culvert.Tunnel.Agent.Tests.Policy.PolicyFixture;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>
/// The upstream stops accepting the agent's token while a stream of events is open. The stream has its status already, so the 401 reaches
/// the next request (A18).
/// </summary>
public sealed class RefusedMidStreamTests : IDisposable
{
    private const string Head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string Refused =
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error=\"invalid_token\"\r\nContent-Length: 0\r\n\r\n";
    private const string Answer = """{"jsonrpc":"2.0","id":1,"result":{}}""";

    private readonly SemaphoreSlim proceed = new(0);
    private readonly ScriptedServer server = new();
    private readonly KeptTrail trail = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        server.Dispose();
        proceed.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Stream_TokenRefusedMeanwhile_GoesOnUntilTheUpstreamCutsItAndTheNextOneHasANewToken(
        int httpVersion
    )
    {
        await using var upstream = RawUpstream.Scripted(ServeAsync);
        await using var fixture = await StartAsync(upstream);
        using var client = fixture.Tunnel.Client(version: new Version(httpVersion, httpVersion == 1 ? 1 : 0));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", fixture.Token());
        using var stream = await client.GetAsync("/mcp", HttpCompletionOption.ResponseHeadersRead, Token);
        await using var events = await stream.Content.ReadAsStreamAsync(Token);
        (await ReadEventAsync(events)).ShouldBe("data: 1\n\n");

        var (refused, _) = await fixture.PostAsync(Request("ping"), httpVersion);
        var (accepted, _) = await fixture.PostAsync(Request("ping"), httpVersion);

        refused.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        refused.Headers.GetValues("culvert-reason").ShouldBe(["upstream.credential_refused"]);
        refused.Headers.WwwAuthenticate.ShouldBeEmpty();
        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        proceed.Release();
        (await ReadEventAsync(events)).ShouldBe("data: 2\n\n");
        proceed.Release();
        await Should.ThrowAsync<IOException>(events.ReadExactlyAsync(new byte[1], Token).AsTask());
        using var resumed = await client.GetAsync("/mcp", HttpCompletionOption.ResponseHeadersRead, Token);
        resumed.StatusCode.ShouldBe(HttpStatusCode.OK);
        await SentTokensAsync(upstream, "t1", "t1", "t2", "t2");
        await Eventually.UntilAsync(() => trail.Records.Count >= 3, Token);
        trail
            .Records.Cast<CallRecord>()
            .Select(r => (r.Failure, r.Status, r.End))
            .ShouldBe(
                [("upstream.credential_refused", 502, "completed"), ("", 200, "completed"), ("", 200, "broken_off")],
                ignoreOrder: true
            );
    }

    private Task<PolicyFixture> StartAsync(RawUpstream upstream)
    {
        var settings = ScriptedServer.Settings("upstream");
        return PolicyFixture.StartAsync(
            Settings() with
            {
                Mode = PolicyMode.Record,
            },
            upstream,
            trail: trail,
            credential: new ClientCredentialsCredential(
                settings,
                new TokenEndpoint(settings, TimeProvider.System, transport: server),
                TimeProvider.System
            )
        );
    }

    // The first token is good for the stream alone. The stream ends in the middle, as of a server that notices later.
    private async Task<bool> ServeAsync(RecordedRequest request, Stream stream, CancellationToken token)
    {
        var isStream = request.RequestLine.StartsWith("GET", StringComparison.Ordinal);
        if (!isStream)
        {
            var isRefused = request.Header("Authorization") is ["Bearer t1"];
            await WriteAsync(isRefused ? Refused : PolicyFixture.Json(Answer));
            return true;
        }

        await WriteAsync(Head + "9\r\ndata: 1\n\n\r\n");
        await proceed.WaitAsync(token);
        await WriteAsync("9\r\ndata: 2\n\n\r\n");
        await proceed.WaitAsync(token);
        return false;

        async Task WriteAsync(string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text), token);
    }

    private static async Task SentTokensAsync(RawUpstream upstream, params string[] tokens)
    {
        foreach (var token in tokens)
        {
            (await upstream.NextAsync()).Header("Authorization").ShouldBe([$"Bearer {token}"]);
        }
    }

    private static async Task<string> ReadEventAsync(Stream events)
    {
        var buffer = new byte[9];
        await events.ReadExactlyAsync(buffer, Token);
        return Encoding.ASCII.GetString(buffer);
    }
}
