using System.Text;
using System.Text.Json;
using Culvert.Platform.Logging;
using Culvert.Platform.Telemetry;
using Culvert.Testing.Spans;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Tests.Credentials;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Culvert.Tunnel.Agent.Tests.Pipeline;

/// <summary>What becomes of a caller's trace (W3C Trace Context), with and without a collector.</summary>
public sealed class CallSpanTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Span = "b7ad6b7169203331";
    private const string OtherTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_HeaderNamesATrace_UpstreamGetsAChildOfIt()
    {
        await using var collector = await SpanCollector.StartAsync();
        await using var upstream = RawUpstream.Answering(Ok);
        using (var traces = Start(collector))
        {
            await CallAsync(upstream, traces, "{}", $"traceparent: 00-{Trace}-{Span}-01\r\ntracestate: a=1,b=2\r\n");
        }

        var request = await upstream.NextAsync();
        var sent = await collector.SpanAsync(_ => true, Token);
        sent.ShouldSatisfyAllConditions(
            () => sent.TraceId.ShouldBe(Trace),
            () => sent.ParentId.ShouldBe(Span),
            () => sent.Name.ShouldBe("call"),
            () => sent.Attributes["culvert.route"].ShouldBe("docs"),
            () => sent.Attributes["http.response.status_code"].ShouldBe("200")
        );
        request.Header("traceparent").ShouldBe([$"00-{Trace}-{sent.SpanId}-01"]);
        request.Header("tracestate").ShouldBe(["a=1,b=2"]);
        collector.Spans.Count.ShouldBe(1);
    }

    [Theory] // the header, where there is one, contains what the sender of the request wrote
    [InlineData("", OtherTrace)]
    [InlineData($"traceparent: 00-{Trace}-{Span}-01\r\n", Trace)]
    public async Task Call_MessageNamesATrace_CountsWithoutAHeaderAndStaysAsItIs(string header, string expected)
    {
        const string Body =
            """{"jsonrpc":"2.0", "id":1,"method":"tools/call","params":{"name":"a","arguments":{"_meta":{"traceparent":"x"}},"_meta":{"k":[1],"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}}}""";
        await using var collector = await SpanCollector.StartAsync();
        await using var upstream = RawUpstream.Answering(Ok);
        using (var traces = Start(collector))
        {
            await CallAsync(upstream, traces, Body, header);
        }

        var request = await upstream.NextAsync();
        request.BodyText.ShouldBe(Body);
        var sent = await collector.SpanAsync(_ => true, Token);
        sent.TraceId.ShouldBe(expected);
        request.Header("traceparent").ShouldBe([$"00-{expected}-{sent.SpanId}-01"]);
        collector.Spans.Count.ShouldBe(1); // that of a trace of its own was given up
    }

    [Fact]
    public async Task Call_ExchangedToken_SpanHasNeitherItNorTheCallersNorTheAssertion()
    {
        const string Assertion = "canary-of-the-assertion";
        const string Issued = "canary-of-the-upstream";
        await using var collector = await SpanCollector.StartAsync();
        await using var oauth = new OauthFixture();
        using var server = new ScriptedServer
        {
            Answer = _ => $$"""{"access_token":"{{Issued}}","token_type":"Bearer","expires_in":300}""",
        };
        var settings = ScriptedServer.Settings("upstream") with { ClientAuth = ClientAuth.Federated };
        var endpoint = new TokenEndpoint(
            settings,
            TimeProvider.System,
            transport: server,
            assertions: new ScriptedAssertions(_ => new IssuedToken(Assertion, TimeProvider.System.GetUtcNow(), ""))
        );
        var token = oauth.Token();
        using (var traces = Start(collector))
        {
            await using var tunnel = new Support.Tunnel(traces: traces);
            tunnel.Add(
                "docs",
                oauth.Upstream.Port,
                oauth.Access(new TokenExchangeCredential(settings, endpoint, TimeProvider.System))
            );
            await tunnel.StartAsync();
            using var client = tunnel.Client();
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
            using var content = new StringContent("{}", Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync("/mcp", content, Token);
        }

        (await oauth.Upstream.NextAsync()).Header("Authorization").ShouldBe([$"Bearer {Issued}"]);
        server.Forms.ShouldHaveSingleItem()["client_assertion"].ShouldBe(Assertion);
        await collector.SpanAsync(_ => true, Token);
        foreach (var secret in (string[])[Assertion, Issued, token.Split('.')[2]])
        {
            collector.Raw.ShouldNotContain(secret);
        }
    }

    [Fact]
    public async Task Call_NothingIsTraced_HeadersPassAsTheyCame()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        using var traces = Traces.Start(new TelemetryOptions(), "test", "Culvert.Test.Off");

        await CallAsync(upstream, traces, "{}", "traceparent: any thing\r\nTraceState: a=1\r\ntracestate: b=2\r\n");

        var request = await upstream.NextAsync();
        request.Header("traceparent").ShouldBe(["any thing"]);
        string.Join(", ", request.Header("tracestate")).ShouldBe("a=1, b=2");
    }

    [Fact]
    public async Task Call_Fails_ItsLinesNameTheTraceAndItsSpanHoldsNothingOfIt()
    {
        const string Canary = "canary-5b1f-6";
        var log = Path.GetTempFileName();
        await using var collector = await SpanCollector.StartAsync();
        var upstream = RawUpstream.Answering($"nonsense {Canary}\r\n\r\n");
        using (var traces = Start(collector))
        using (var loggers = LoggingExtensions.CreateLoggerFactory(new LogOptions { File = log }))
        {
            await CallAsync(
                upstream,
                traces,
                $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{Canary}}}","params":{"name":"{{{Canary}}}"}}""",
                $"traceparent: 00-{Trace}-{Span}-01\r\nAuthorization: Bearer {Canary}\r\nX-Any: {Canary}\r\nUser-Agent: {Canary}\r\n",
                $"/{Canary}?q={Canary}",
                loggers
            );
        }

        await upstream.DisposeAsync();
        var sent = await collector.SpanAsync(_ => true, Token);
        sent.Attributes["http.response.status_code"].ShouldBe("502");
        collector.Raw.ShouldNotContain(Canary);
        var lines = (await File.ReadAllLinesAsync(log, Token)).Select(line => JsonElement.Parse(line)).ToList();
        lines
            .First(line => line.GetProperty("event").GetString() == "RequestFailed")
            .GetProperty("trace_id")
            .GetString()
            .ShouldBe(Trace);
        File.Delete(log);
    }

    private static Traces Start(SpanCollector collector) =>
        Traces.Start(
            new TelemetryOptions { Endpoint = collector.Endpoint },
            "test",
            $"Culvert.Test.{Path.GetRandomFileName()}"
        );

    private static async Task CallAsync(
        RawUpstream upstream,
        Traces traces,
        string body,
        string headers,
        string target = "/mcp",
        ILoggerFactory? loggers = null
    )
    {
        await using var tunnel = new Support.Tunnel(loggers, traces: traces);
        tunnel.Add("docs", upstream.Port);
        await tunnel.StartAsync();
        await using var client = new RawClient(await tunnel.ConnectAsync());
        await client.CallAsync(
            $"POST {target} HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n{headers}Content-Type: application/json\r\n"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"
        );
    }
}
