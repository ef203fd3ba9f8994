using System.Text.Json.Nodes;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Signals;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Signals;

/// <summary>Two service hosts on one PostgreSQL, and one stream that is polled (RFC 8936).</summary>
public sealed class TwoNodeSignalPollTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private SignalBench bench = null!;
    private PollTransmitter transmitter = null!;
    private ServiceUnderTest other = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        bench = await SignalBench.StartAsync(options: ServiceUnderTest.OnPostgres);
        transmitter = new PollTransmitter(bench.Federated.Provider);
        await bench.Federated.CreateAsync(
            $"/v1/jobs/{SignalsRegistration.JobName}/pause",
            new JsonObject { ["reason"] = "the test runs it" }
        );
        await bench.SetAsync(body =>
        {
            body["delivery"] = "poll";
            body["poll_url"] = transmitter.Url;
        });
        other = await bench.Federated.Service.JoinAsync("node-2");
    }

    public async ValueTask DisposeAsync()
    {
        await other.DisposeAsync();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task Poll_OnBothNodesAtOnce_IsDoneByOneOfThem()
    {
        const int Rounds = 10;
        List<string> offered = [];
        for (var i = 0; i < Rounds; i++)
        {
            offered.Add(transmitter.Offer(bench.Claims(subject: $"person-{i}")));
            bench.Federated.Time.Advance(Interval);

            await Task.WhenAll(
                Task.Run(() => PollAsync(bench.Federated.Service), Cancel),
                Task.Run(() => PollAsync(other), Cancel)
            );
        }

        // One request for tokens in each round, and one that reports them.
        transmitter.Requests.Count.ShouldBe(2 * Rounds);
        transmitter.Acknowledged.ShouldBe(offered);
        (await bench.ListEventsAsync(AuditEvents.PersonOffBoarded)).Count.ShouldBe(Rounds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Poll_NodeEndsDuringItsPoll_IsDoneByTheOtherOnceTheReservationEnds(bool hasReceivedTheToken)
    {
        var claims = bench.Claims();
        var id = transmitter.Offer(claims);
        var asked = new TaskCompletionSource();
        var silent = HostileAnswers.Silent(asked);
        var answer = new JsonObject
        {
            ["sets"] = new JsonObject { [id] = bench.Federated.Provider.Sign(claims, SignalBench.Header) },
        }.ToJsonString();
        transmitter.Instead = hasReceivedTheToken
            ? http =>
            {
                transmitter.Instead = silent;
                return http.Response.WriteAsync(answer);
            }
            : silent;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var polling = other.Get<SignalPoller>().RunAsync(end.Token);
        await asked.Task.WaitAsync(Cancel);
        await end.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(polling);
        await other.DisposeAsync();
        transmitter.Instead = null;
        (await bench.ListPeopleAsync()).Count.ShouldBe(hasReceivedTheToken ? 1 : 0);
        var requests = transmitter.Requests.Count;
        var stream = await bench
            .Federated.Service.Get<SignalStreamStore>()
            .FindAsync(IssuerId.Wrap(bench.IssuerId), Cancel);
        var reserved = stream!.NextPollAt - bench.Now;
        reserved.ShouldBeInRange(SignalPollSeries.Longest, TimeSpan.FromMinutes(1));

        bench.Federated.Time.Advance(reserved - TimeSpan.FromMilliseconds(1));
        await PollAsync(bench.Federated.Service);
        transmitter.Requests.Count.ShouldBe(requests);
        bench.Federated.Time.Advance(TimeSpan.FromMilliseconds(1));
        await PollAsync(bench.Federated.Service);

        transmitter.Acknowledged.ShouldBe([id]);
        transmitter.Waiting.ShouldBe(0);
        (await bench.ListEventsAsync(AuditEvents.PersonOffBoarded)).Count.ShouldBe(1);
        (await bench.ListPeopleAsync()).Count.ShouldBe(1);
    }

    private static Task PollAsync(ServiceUnderTest node) => node.Get<SignalPoller>().RunAsync(Cancel);
}
