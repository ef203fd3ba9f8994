using System.Buffers;
using System.Net.Sockets;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>A client's connection: the bare socket, or the outer TLS. One reader and one writer at a time.</summary>
internal abstract class ClientTransport(Socket socket) : IDisposable
{
    protected Socket Socket { get; } = socket;

    /// <summary>Reset, or readable without a byte to read. False while unread bytes remain, even after a FIN.</summary>
    public bool IsDisconnected =>
        Check(static s => IsInError(s) || (s.Poll(0, SelectMode.SelectRead) && s.Available == 0));

    /// <summary>True if the client reset the connection. A half-closed connection is not reset.</summary>
    public bool IsReset => Check(IsInError);

    /// <summary>Returns 0 after the client's FIN. An empty buffer waits for bytes without holding memory.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Reads what has arrived, without waiting; 0 if there is nothing, or if the transport does not know.</summary>
    public virtual int ReceiveArrived(Span<byte> buffer) => 0;

    public abstract ValueTask SendAsync(ReadOnlySequence<byte> bytes);

    /// <summary>Signals that no more bytes will follow; the other direction continues.</summary>
    public abstract ValueTask FinishAsync();

    /// <summary>Sends RST instead of FIN, so that a truncated response does not look complete (W11).</summary>
    public void Reset()
    {
        try
        {
            Socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection is closed already.
        }
    }

    public void Dispose() => Socket.Dispose();

    private static bool IsInError(Socket socket) => socket.Poll(0, SelectMode.SelectError);

    private bool Check(Func<Socket, bool> look)
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
