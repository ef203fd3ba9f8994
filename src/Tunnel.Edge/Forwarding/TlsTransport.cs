using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>The client's own TLS inside the outer TLS that proved who the client is.</summary>
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
        await tls.ShutdownAsync(); // close_notify (RFC 8446 §6.1): a cut must not look like an end
        Socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>A last word, which gets ahead of the close whatever is still unread.</summary>
    public async ValueTask SayAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await tls.WriteAsync(bytes, cancellationToken);
        await tls.ShutdownAsync();
        Socket.Shutdown(SocketShutdown.Both);
    }
}
