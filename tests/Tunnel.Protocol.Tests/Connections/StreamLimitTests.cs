using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>W3: what occupies one of max streams, and what happens beyond.</summary>
public sealed class StreamLimitTests
{
    [Fact]
    public async Task Open_BeyondMaxStreams_IsResetWithLimit()
    {
        await using var peer = await ConnectAsync();
        await peer.OpenAsync(1);
        await peer.OpenAsync(2);
        await peer.SendAsync(Bytes.Open, 3, Bytes.OpenPayload());
        await peer.SendAsync(Bytes.Data, 3, 1, 2, 3); // on its way before the RST arrived
        var answer = (await peer.SyncAsync()).ShouldHaveSingleItem();
        answer.Type.ShouldBe(Bytes.Rst);
        answer.Stream.ShouldBe(3u);
        answer.Code.ShouldBe((int)StreamErrorCode.Limit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_StreamReset_FreesItsPlaceWhenTheHandlerHasUnwound(bool unwound)
    {
        await using var peer = await ConnectAsync();
        var first = await peer.OpenAsync(1);
        await peer.OpenAsync(2);
        await peer.SendAsync(Bytes.Rst, 1, 0, 4);
        if (unwound)
        {
            await peer.SyncAsync();
            await first.DisposeAsync();
        }

        peer.Connection.OpenStreams.ShouldBe(unwound ? 1 : 2);
        await peer.SendAsync(Bytes.Open, 3, Bytes.OpenPayload());
        (await peer.SyncAsync()).Count(f => f.Type == Bytes.Rst).ShouldBe(unwound ? 0 : 1);
    }

    [Fact]
    public async Task Dispose_PeerHasNotFinished_KeepsThePlaceUntilItsFin()
    {
        await using var peer = await ConnectAsync();
        var stream = await peer.OpenAsync(1);
        await stream.DisposeAsync();
        (await peer.ReadAsync()).Type.ShouldBe(Bytes.Fin);
        peer.Connection.OpenStreams.ShouldBe(1);
        await peer.SendAsync(Bytes.Fin, 1);
        await peer.SyncAsync();
        peer.Connection.OpenStreams.ShouldBe(0);
    }

    [Theory]
    [InlineData(29, 0)]
    [InlineData(30, 1)]
    public async Task Dispose_PeerNeverFinishes_IsResetAfterTheLinger(int seconds, int resets)
    {
        await using var peer = await ConnectAsync();
        var stream = await peer.OpenAsync(1);
        await stream.DisposeAsync();
        await stream.DisposeAsync(); // idempotent
        for (var i = 0; i < seconds; i++)
        {
            await peer.SyncAsync(); // keeps the connection alive
            peer.Time.Advance(TimeSpan.FromMilliseconds(850)); // and SyncAsync takes 150 ms
        }

        (await peer.SyncAsync()).Count(f => f.Type == Bytes.Rst).ShouldBe(resets);
        peer.Connection.OpenStreams.ShouldBe(1 - resets);
    }

    [Fact]
    public async Task Accept_StreamResetBeforeAnybodySawIt_IsSkipped()
    {
        await using var peer = await ConnectAsync();
        await peer.SendAsync(Bytes.Open, 1, Bytes.OpenPayload());
        await peer.SendAsync(Bytes.Rst, 1, 0, 4);
        await peer.SendAsync(Bytes.Open, 2, Bytes.OpenPayload());
        await peer.SyncAsync();
        (await peer.AcceptAsync()).Id.ShouldBe(2u);
        peer.Connection.OpenStreams.ShouldBe(1);
    }

    [Theory]
    [InlineData(3, 2)] // the agent's limit
    [InlineData(2, 3)] // our own
    public async Task TryOpen_AtEitherSidesLimit_IsRefused(int ours, int theirs)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(
            MuxRole.Edge,
            o => o with { MaxStreams = ours },
            hello: Bytes.HelloPayload(maxStreams: theirs)
        );
        var first = peer.Connection.Open(Samples.Open);
        peer.Connection.Open(Samples.Open);
        peer.Connection.TryOpen(Samples.Open, out _).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => peer.Connection.Open(Samples.Open));

        first.Abort(StreamErrorCode.Cancelled);
        await first.DisposeAsync();
        peer.Connection.TryOpen(Samples.Open, out _).ShouldBeTrue();
    }

    private static Task<ScriptedPeer> ConnectAsync() =>
        ScriptedPeer.ConnectAsync(MuxRole.Agent, o => o with { MaxStreams = 2 });
}
