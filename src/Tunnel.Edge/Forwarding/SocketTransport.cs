using System.Net.Sockets;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>The client's own TLS, straight from its socket.</summary>
internal sealed class SocketTransport(Socket socket) : ClientTransport(socket)
{
    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        Socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    public override ValueTask FinishAsync()
    {
        Socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }
}
