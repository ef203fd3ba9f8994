using System.Net;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Pipeline;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Pipeline;

/// <summary>
/// A client whose calls wait for one another can still end and steer them. The clock does not advance.
/// </summary>
public sealed class ControlMessagesTests : IAsyncDisposable
{
    private const string Slow = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow"}}""";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly TaskCompletionSource finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OauthFixture oauth = new(time: new FakeTimeProvider());
    private readonly RawUpstream upstream;

    public ControlMessagesTests() =>
        upstream = RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                if (request.BodyText.Contains("slow", StringComparison.Ordinal))
                {
                    await finish.Task.WaitAsync(token);
                }

                await stream.WriteAsync(Encoding.ASCII.GetBytes(Ok), token);
                return true;
            }
        );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("DELETE", "", "")]
    [InlineData(
        "POST",
        """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"enough"}}""",
        ""
    )]
    [InlineData("POST", """{"jsonrpc":"2.0","id":"q","result":{}}""", "")]
    [InlineData("POST", """{"jsonrpc":"2.0","method":"notifications/cancelled"}""", "notifications/cancelled")]
    public async Task Control_ItsClientsCallsWait_PassesThemByteForByte(string method, string body, string header)
    {
        var waiting = await FillAsync();

        using var answer = await SendAsync("alice", body, method, header);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var seen = await upstream.NextAsync();
        seen.RequestLine.ShouldStartWith(method);
        seen.BodyText.ShouldBe(body);
        await FinishAsync(waiting);
    }

    [Fact] // else a flood would only have to call itself a notification
    public async Task Control_ManyOfOneClient_WaitForOneAnother()
    {
        var waiting = await FillAsync();
        const string Note = """{"jsonrpc":"2.0","method":"notifications/slow"}""";
        var notes = Enumerable.Range(0, FairQueue.MaxUnanswered + 1).Select(_ => SendAsync("alice", Note)).ToList();
        for (var i = 0; i < FairQueue.MaxUnanswered; i++)
        {
            (await upstream.NextAsync()).BodyText.ShouldBe(Note);
        }

        // The other client's call goes by them all, so whatever were to come of them would have come.
        using var other = await SendAsync("bob", "{}");
        (await upstream.NextAsync()).BodyText.ShouldBe("{}");

        await FinishAsync([.. waiting, .. notes]);
    }

    [Fact]
    public async Task Call_TooLongToBeLookedAt_WaitsAsACall()
    {
        var waiting = await FillAsync();
        var filler = new string('x', ControlMessages.MaxBytes);
        var note = SendAsync("alice", $$"""{"jsonrpc":"2.0","method":"notifications/{{filler}}"}""");

        using var other = await SendAsync("bob", "{}");

        (await upstream.NextAsync()).BodyText.ShouldBe("{}");
        await FinishAsync([.. waiting, note]);
    }

    public async ValueTask DisposeAsync()
    {
        finish.TrySetResult();
        await oauth.DisposeAsync();
        await upstream.DisposeAsync();
    }

    // Another client calls, and this one has more calls than may begin.
    private async Task<List<Task<HttpResponseMessage>>> FillAsync()
    {
        oauth.Tunnel.Add("docs", upstream.Port, oauth.Access());
        await oauth.Tunnel.StartAsync();
        using var other = await SendAsync("bob", "{}");
        await upstream.NextAsync();
        List<Task<HttpResponseMessage>> calls =
        [
            .. Enumerable.Range(0, FairQueue.MaxUnanswered).Select(_ => SendAsync("alice", Slow)),
        ];
        for (var i = 0; i < FairQueue.MaxUnanswered; i++)
        {
            await upstream.NextAsync();
        }

        calls.AddRange(Enumerable.Range(0, 3).Select(_ => SendAsync("alice", Slow)));
        return calls;
    }

    private async Task FinishAsync(List<Task<HttpResponseMessage>> calls)
    {
        finish.TrySetResult();
        foreach (var call in calls)
        {
            using var answer = await call;
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        string subject,
        string body,
        string method = "POST",
        string header = ""
    )
    {
        using var client = oauth.Tunnel.Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/mcp");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {oauth.Token(c => c["sub"] = subject)}");
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (header.Length > 0)
        {
            request.Headers.Add("Mcp-Method", header);
        }

        return await client.SendAsync(request, Token);
    }
}
