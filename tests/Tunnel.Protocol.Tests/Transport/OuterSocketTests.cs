using System.Net;
using System.Net.Sockets;
using Culvert.Testing;
using Culvert.Tunnel.Protocol.Transport;

namespace Culvert.Tunnel.Protocol.Tests.Transport;

public sealed class OuterSocketTests
{
    [Fact] // W5: what the peer's kernel takes of a write that has not ended
    public async Task BytesAcknowledged_PeerTakesSome_Grow()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint);
        using var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        OuterSocket.Prepare(socket);
        var before = OuterSocket.BytesAcknowledged(socket).ShouldNotBeNull();
        using var stop = new CancellationTokenSource();
        var writing = socket.SendAsync(new byte[64 << 20], stop.Token).AsTask(); // more than both kernels keep

        await peer.ReceiveAsync(new byte[100_000]);
        await Eventually.UntilAsync(
            () => OuterSocket.BytesAcknowledged(socket) >= before + 100_000,
            TestContext.Current.CancellationToken
        );

        writing.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(writing);
    }

    [Fact]
    public void BytesAcknowledged_SocketIsGone_IsNotKnown()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Dispose();

        OuterSocket.BytesAcknowledged(socket).ShouldBeNull();
    }
}
