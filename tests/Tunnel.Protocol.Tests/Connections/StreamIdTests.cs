using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>W9: only the edge opens; ids strictly increase from 1.</summary>
public sealed class StreamIdTests
{
    [Fact]
    public async Task Open_FromTheEdge_CarriesItsPayload()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await peer.OpenAsync();
        stream.Id.ShouldBe(1u);
        stream.Open.ServerName.ShouldBe("docs.example.test");
        stream.Open.Client.ToString().ShouldBe("127.0.0.1:8080");
        stream.Open.ConnectionId.ShouldBe("c1");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 4)]
    [InlineData(5, 5)]
    public async Task Open_IdNotAboveTheLast_EndsWithProtocol(uint first, uint second)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        await peer.OpenAsync(first);
        await peer.SendAsync(Bytes.Open, second, Bytes.OpenPayload());
        await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
    }

    [Fact]
    public async Task Open_IdAbove31Bits_EndsWithProtocol()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        await peer.SendAsync(Bytes.Open, 0x8000_0000L, Bytes.OpenPayload());
        await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
    }

    [Fact]
    public async Task Open_FromAnAgent_EndsWithProtocol()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        await peer.SendAsync(Bytes.Open, 1, Bytes.OpenPayload());
        await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
    }

    [Theory]
    [InlineData(Bytes.Data, 1)]
    [InlineData(Bytes.Window, 4)]
    [InlineData(Bytes.Fin, 0)]
    [InlineData(Bytes.Rst, 2)]
    public async Task Receive_FrameForAStreamNeverOpened_EndsWithProtocol(int type, int length)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        peer.Connection.Open(Samples.Open).Id.ShouldBe(1u);
        await peer.SendAsync(type, 2, [.. Enumerable.Repeat((byte)1, length)]);
        await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
    }

    [Fact]
    public async Task TryOpen_Repeatedly_IdsIncreaseFromOne()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        for (var id = 1u; id <= 3; id++)
        {
            peer.Connection.TryOpen(Samples.Open, "first"u8, out var stream).ShouldBeTrue();
            stream.Id.ShouldBe(id);
            (await peer.ReadAsync()).ShouldSatisfyAllConditions(
                f => f.Type.ShouldBe(Bytes.Open),
                f => f.Stream.ShouldBe(id),
                f => f.Payload.ShouldBe(Bytes.OpenPayload())
            );
            (await peer.ReadAsync()).Payload.ShouldBe("first"u8.ToArray());
        }
    }

    [Fact]
    public async Task TryOpen_OnAnAgent_Throws()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        Should.Throw<InvalidOperationException>(() => peer.Connection.TryOpen(Samples.Open, out _));
    }

    [Fact]
    public async Task TryOpen_IdsUsedUp_IsRefused()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        peer.Connection.SkipStreamIds(int.MaxValue - 1);
        peer.Connection.StreamIdsLeft.ShouldBe(1);
        peer.Connection.Open(Samples.Open).Id.ShouldBe((uint)int.MaxValue);
        peer.Connection.StreamIdsLeft.ShouldBe(0);
        peer.Connection.TryOpen(Samples.Open, out _).ShouldBeFalse();
        peer.Connection.AcceptsStreams.ShouldBeFalse();
    }
}
