using System.Buffers;
using System.Net.Sockets;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>
/// A client's connection as the relay moves bytes over it: the bare socket, or the outer TLS of the CONNECT ingress.
/// One reader and one writer at a time.
/// </summary>
internal abstract class ClientTransport(Socket socket) : IDisposable
{
    /// <summary>Below whatever the transport adds.</summary>
    protected Socket Socket { get; } = socket;

    /// <summary>
    /// Reset, or readable without a byte to read: closed. A client that keeps sending, or has only closed its side
    /// behind what it said, has bytes there.
    /// </summary>
    public bool IsDisconnected =>
        Says(static s => IsInError(s) || (s.Poll(0, SelectMode.SelectRead) && s.Available == 0));

    /// <summary>Aborted by the client; one that has only ended its side is not.</summary>
    public bool IsReset => Says(IsInError);

    /// <summary>0 = the client has finished. An empty buffer waits until there is something to read, without holding one.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>What has arrived already, without waiting; 0 if that is nothing, or the transport cannot say.</summary>
    public virtual int ReceiveArrived(Span<byte> buffer) => 0;

    /// <summary>All of them.</summary>
    public abstract ValueTask SendAsync(ReadOnlySequence<byte> bytes);

    /// <summary>Signals that no more bytes will follow; the other direction continues.</summary>
    public abstract ValueTask FinishAsync();

    /// <summary>RST instead of FIN, so that a cut-off answer does not look like a whole one (W11).</summary>
    public void Reset()
    {
        try
        {
            Socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }

    public void Dispose() => Socket.Dispose();

    private static bool IsInError(Socket socket) => socket.Poll(0, SelectMode.SelectError);

    private bool Says(Func<Socket, bool> look)
    {
        try
        {
            return look(Socket);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }
}
