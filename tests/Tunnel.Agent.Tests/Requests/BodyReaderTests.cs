using System.IO.Pipelines;
using System.Net;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Tests.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Tests.Requests;

/// <summary>How long bodies are waited for, and whose memory they take.</summary>
public sealed class BodyReaderTests
{
    private const int Large = 1 << 20;

    private readonly FakeTimeProvider time = new();

    [Theory]
    [InlineData(0, 9, 2)]
    [InlineData(8 * 1024, 11, 2)]
    [InlineData(40 * 1024, 19, 2)]
    public async Task HoldAsync_BodyThatStops_EndsWhenItsRateIsTooLow(int arrived, int allowed, int more)
    {
        var (exchange, body) = Begin("alice");
        var reading = Read(new BodyBudget(), exchange);
        await SendAsync(body, arrived);

        time.Advance(TimeSpan.FromSeconds(allowed));
        reading.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(more));

        (await reading).ShouldBe(McpFailures.MessageUnreadable);
    }

    [Fact]
    public async Task HoldAsync_BodyThatKeepsItsRate_IsReadHoweverLongItTakes()
    {
        var (exchange, body) = Begin("alice");
        var reading = Read(new BodyBudget(), exchange);
        for (var second = 0; second < 100; second++)
        {
            await SendAsync(body, BodyReader.LeastBytesPerSecond);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        await body.CompleteAsync();

        (await reading).ShouldBeNull();
        exchange.HeldBody!.Bytes.Length.ShouldBe(100 * BodyReader.LeastBytesPerSecond);
    }

    [Theory]
    [InlineData("alice", "another", false)] // a person is the same by any client
    [InlineData("bob", "portal", true)]
    [InlineData("", "portal", true)]
    public async Task HoldAsync_WhileOnePersonTakesAllTheyCan_OthersAreServed(
        string subject,
        string client,
        bool isServed
    )
    {
        var budget = new BodyBudget(1000);
        for (var i = 0; i < 10; i++)
        {
            var (greedy, begun) = Begin("alice");
            _ = Read(budget, greedy);
            await SendAsync(begun, 100);
        }

        var (exchange, body) = Begin(subject, client);
        var reading = Read(budget, exchange);
        await SendAsync(body, 100);
        await body.CompleteAsync();

        (await reading).ShouldBe(isServed ? null : McpFailures.BodiesCrowded);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", true)]
    [InlineData("2001:db8::1", "2001:db8::2", false)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", true)]
    public async Task HoldAsync_WithoutAToken_TheNetworkIsThePerson(string greedy, string other, bool isServed)
    {
        var budget = new BodyBudget(1000);
        var (first, begun) = Begin(null, address: greedy);
        _ = Read(budget, first);
        await SendAsync(begun, 500);

        var (exchange, body) = Begin(null, address: other);
        var reading = Read(budget, exchange);
        await SendAsync(body, 100);
        await body.CompleteAsync();

        (await reading).ShouldBe(isServed ? null : McpFailures.BodiesCrowded);
    }

    [Fact]
    public async Task HoldAsync_MemoryForJudging_CountsAsWell()
    {
        var budget = new BodyBudget(10_000);
        var text = $"[{string.Join(',', Enumerable.Repeat("1", 200))}]";
        var (exchange, body) = Begin("alice");
        var reading = Read(budget, exchange);
        await body.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        await body.CompleteAsync();

        (await reading).ShouldBe(McpFailures.BodiesCrowded);
        budget.UsedBytes.ShouldBe(text.Length);
        exchange.End();
        budget.UsedBytes.ShouldBe(0);
    }

    private Task<Failure?> Read(BodyBudget budget, Exchange exchange) =>
        new BodyReader(budget, time).HoldAsync(exchange, Large, TimeSpan.FromHours(1)).AsTask();

    private static async Task SendAsync(PipeWriter body, int bytes) =>
        await body.WriteAsync(new byte[bytes], TestContext.Current.CancellationToken);

    private static (Exchange Exchange, PipeWriter Body) Begin(
        string? subject,
        string client = "portal",
        string address = "192.0.2.7"
    )
    {
        // What was written is read before the write returns.
        var pipe = new Pipe(
            new PipeOptions(
                readerScheduler: PipeScheduler.Inline,
                writerScheduler: PipeScheduler.Inline,
                pauseWriterThreshold: Large,
                resumeWriterThreshold: Large,
                useSynchronizationContext: false
            )
        );
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature());
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));
        features.Set<ITunnelConnection>(new Connection(IPAddress.Parse(address)));
        var exchange = new Exchange(new BodyReader(new BodyBudget(), TimeProvider.System));
        exchange.Begin(features);
        exchange.Principal = subject is null ? null : Policies.Caller(subject, client);
        return (exchange, pipe.Writer);
    }

    private sealed class Body(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }

    private sealed class Connection(IPAddress address) : ITunnelConnection
    {
        public string ServerName => "docs.t1.example.test";

        public IPEndPoint Client => new(address, 50_000);

        public string Workload => "";

        public bool ClosesAfterAnswer => false;

        public void DeliverBeforeAbort() { }

        public void RequestClose() { }

        public string Forwarded(string host) => "";
    }
}
