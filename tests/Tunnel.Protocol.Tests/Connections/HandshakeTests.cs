using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Lifetime;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>W6, W7: HELLO from both at once, first, in time, once.</summary>
public sealed class HandshakeTests
{
    [Fact]
    public async Task Run_SendsHelloFirst_WithoutWaitingForThePeer()
    {
        await using var peer = ScriptedPeer.Start(MuxRole.Agent, o => o with { MaxStreams = 7 });
        var hello = await peer.ReadAsync();
        hello.Type.ShouldBe(Bytes.Hello);
        hello.Stream.ShouldBe(0u);
        hello.Payload.ShouldBe([
            .. Bytes.Field(1, 0, 1),
            .. Bytes.Field(2, 0, 0, 0, 0),
            .. Bytes.Field(3, Bytes.U32(1024 * 1024)),
            .. Bytes.Field(4, Bytes.U32(7)),
            .. Bytes.Field(5, "subject"u8.ToArray()),
        ]);
    }

    [Fact]
    public async Task Run_HoldsHello_SendsNothingUntilThePeerIsAccepted()
    {
        await using var peer = ScriptedPeer.Start(MuxRole.Edge, o => o with { HoldsHello = true });
        await peer.SendAsync(Bytes.Hello, 0, Bytes.HelloPayload());
        await peer.Connection.PeerHello;
        peer.Connection.BytesSent.ShouldBe(0);

        peer.Connection.Accept();

        (await peer.ReadAsync()).Type.ShouldBe(Bytes.Hello);
    }

    [Fact]
    public async Task PeerHello_HelloReceived_GivesIt()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        (await peer.Connection.PeerHello).InstanceId.ShouldBe("peer");
    }

    [Theory]
    [InlineData(Bytes.Ping, 0, 8)]
    [InlineData(Bytes.Pong, 0, 8)]
    [InlineData(Bytes.GoAway, 0, 6)]
    [InlineData(Bytes.Data, 1, 1)]
    [InlineData(Bytes.Fin, 1, 0)]
    [InlineData(0x80, 0, 1)]
    public async Task Receive_OtherFrameBeforeHello_EndsWithProtocol(int type, long stream, int length)
    {
        await using var peer = ScriptedPeer.Start(MuxRole.Agent);
        await peer.SendAsync(type, stream, new byte[length]);
        await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
        await Should.ThrowAsync<IOException>(peer.Connection.PeerHello);
    }

    [Fact]
    public async Task Receive_SecondHello_EndsWithProtocol()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        await peer.SendAsync(Bytes.Hello, 0, Bytes.HelloPayload());
        await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
    }

    [Fact]
    public async Task Receive_HelloOfOtherVersion_EndsWithProtocol()
    {
        await using var peer = ScriptedPeer.Start(MuxRole.Agent);
        await peer.SendAsync(Bytes.Hello, 0, Bytes.HelloPayload(version: 2));
        await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
    }

    [Fact]
    public async Task Tick_NoHelloAfterFiveSeconds_EndsWithProtocol()
    {
        await using var peer = ScriptedPeer.Start(MuxRole.Agent);
        (await peer.ReadAsync()).Type.ShouldBe(Bytes.Hello);
        peer.Time.Advance(TimeSpan.FromSeconds(4));
        peer.Connection.Outcome.ShouldBeNull();
        peer.Time.Advance(TimeSpan.FromSeconds(1));
        await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
    }

    [Fact]
    public async Task TryOpen_BeforeTheAgentsHello_IsRefused()
    {
        await using var peer = ScriptedPeer.Start(MuxRole.Edge);
        peer.Connection.TryOpen(Samples.Open, out _).ShouldBeFalse();
        peer.Connection.AcceptsStreams.ShouldBeFalse();
    }

    [Fact]
    public async Task Run_HelloInSingleBytes_IsUnderstood()
    {
        await using var peer = ScriptedPeer.Start(MuxRole.Agent);
        foreach (var b in Bytes.Frame(Bytes.Hello, 0, Bytes.HelloPayload()))
        {
            await peer.SendRawAsync([b]);
        }

        (await peer.Connection.PeerHello).InstanceId.ShouldBe("peer");
    }

    [Fact]
    public async Task Run_TransportEndsBeforeHello_EndsByTransport()
    {
        var peer = ScriptedPeer.Start(MuxRole.Agent);
        await peer.DisposeAsync();
        peer.Connection.Outcome!.By.ShouldBe(MuxEndedBy.Transport);
        peer.Connection.PeerGoAway.IsCanceled.ShouldBeTrue();
        (await peer.Connection.AcceptAsync(CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Receive_UnknownFrameWithHighBit_IsSkipped()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        await peer.SendAsync(0x90, 77, 1, 2, 3);
        (await peer.SyncAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 1024 * 1024, "x")]
    [InlineData(16_385, 1024 * 1024, "x")]
    [InlineData(1, 16_383, "x")]
    [InlineData(1, (16 * 1024 * 1024) + 1, "x")]
    [InlineData(1, 1024 * 1024, "")]
    [InlineData(1, 1024 * 1024, "a b")]
    public void Constructor_OptionOutOfRange_Throws(int maxStreams, int window, string id) =>
        Should.Throw<ArgumentException>(() =>
            new MuxConnection(
                Stream.Null,
                MuxRole.Agent,
                new MuxOptions
                {
                    InstanceId = id,
                    MaxStreams = maxStreams,
                    StreamWindowBytes = window,
                },
                TimeProvider.System
            )
        );
}
