using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>The client's own TLS inside the outer TLS that authenticated the client.</summary>
internal sealed class TlsTransport(Socket socket, SslStream tls) : ClientTransport(socket)
{
    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        tls.ReadAsync(buffer, cancellationToken);

    public override async ValueTask SendAsync(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            await tls.WriteAsync(segment);
        }
    }

    public override async ValueTask FinishAsync()
    {
        await tls.ShutdownAsync(); // close_notify (RFC 8446 §6.1), so that truncation is detectable
        Socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Sends a last message and closes; it reaches the client even if the client's bytes are unread.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await tls.WriteAsync(bytes, cancellationToken);
        await tls.ShutdownAsync();
        Socket.Shutdown(SocketShutdown.Both);
    }
}
