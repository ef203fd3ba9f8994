using System.Net.Sockets;
using Culvert.EndToEnd.Tests.Harness;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>
/// Streams that end in one direction only, at every hop: no program waits for ever, and no connection stays open.
/// </summary>
[Collection(FaultSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class HalfClosedTests(FaultSystem system) : FaultTest(system)
{
    [Fact]
    public async Task Client_EndsItsSideAfterTheRequest_IsTakenForGoneAndLeavesNothing()
    {
        await MendAsync();
        await using var connection = await TunnelConnection.OpenAsync(System, Cancel);
        await connection.SendAsync("never:half-client", Cancel);
        await ArrivedAsync("half-client");

        connection.Socket.Shutdown(SocketShutdown.Send);

        await GoneAsync("client's side");
        await Should.ThrowAsync<IOException>(() => connection.ReceiveAsync(Cancel));
    }

    [Fact]
    public async Task Upstream_EndsInTheMiddleOfItsAnswer_IsNeverTakenForAWholeOne()
    {
        await MendAsync();
        await using var connection = await TunnelConnection.OpenAsync(System, Cancel);
        await connection.SendAsync("stream:half-upstream", Cancel);
        await ArrivedAsync("half-upstream");
        var answer = connection.ReceiveAsync(Cancel);

        System.UpstreamPath.Open.ToList().ForEach(p => p.EndBack());

        var broken = await Should.ThrowAsync<IOException>(answer); // no last chunk was sent
        FailedHop.Of(broken).ShouldBe(FailedHop.Connection);
        await GoneAsync("upstream's side");
    }

    [Fact]
    public async Task Upstream_TakesTheAgentForGone_IsTheHopThatFailed()
    {
        await MendAsync();
        await using var connection = await TunnelConnection.OpenAsync(System, Cancel);
        await connection.SendAsync("half-agent", Cancel);
        await ArrivedAsync("half-agent");

        System.UpstreamPath.Open.ToList().ForEach(p => p.EndOnward());

        // This server ends what its caller has half-closed.
        var answer = await connection.ReceiveAsync(Cancel);
        answer.ShouldStartWith("HTTP/1.1 502 ");
        answer.ShouldContain("culvert-failed-hop: upstream\r\n");
        answer.ShouldContain("culvert-reason: upstream.closed\r\n");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OuterConnection_EndsInOneDirection_IsReplacedAndItsCallsAreTold(bool onward)
    {
        await MendAsync();
        await using var connection = await TunnelConnection.OpenAsync(System, Cancel);
        var message = $"half-outer-{onward}";
        await connection.SendAsync($"never:{message}", Cancel);
        await ArrivedAsync(message);
        var answer = connection.ReceiveAsync(Cancel);
        foreach (var path in System.AgentPath.Open)
        {
            if (onward)
            {
                path.EndOnward();
            }
            else
            {
                path.EndBack();
            }
        }

        FailedHop.Of(await Should.ThrowAsync<IOException>(answer)).ShouldBe(FailedHop.Connection);
        await GoneAsync(onward ? "agent's side" : "edge's side");
    }

    private Task ArrivedAsync(string id) =>
        UntilAsync(() => Task.FromResult(System.Upstream.Calls().ContainsKey(id)), "the call has arrived");

    /// <summary>No stream at the edge, no exchange at the server, both connections of the agent.</summary>
    private async Task GoneAsync(string what)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await UntilQuietAsync();
        Figure($"half-closed, {what}: nothing left after {Milliseconds(TimeProvider.System.GetElapsedTime(begun))}");
    }
}
