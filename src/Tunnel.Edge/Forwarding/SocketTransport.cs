using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Culvert.Tunnel.Edge.Forwarding;

internal sealed class SocketTransport(Socket socket) : ClientTransport(socket)
{
    private List<ArraySegment<byte>>? gathered; // allocated on the first bulk transfer

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        Socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public override int ReceiveArrived(Span<byte> buffer) => Socket.Available > 0 ? Socket.Receive(buffer) : 0;

    public override async ValueTask SendAsync(ReadOnlySequence<byte> bytes)
    {
        if (!bytes.IsSingleSegment && TryGather(bytes))
        {
            var sent = await Socket.SendAsync(gathered!, SocketFlags.None);
            gathered!.Clear();
            bytes = bytes.Slice(sent);
        }

        foreach (var segment in bytes)
        {
            for (var rest = segment; !rest.IsEmpty; )
            {
                rest = rest[await Socket.SendAsync(rest, SocketFlags.None)..];
            }
        }
    }

    /// <summary>Sends the many segments of a bulk transfer in one system call.</summary>
    private bool TryGather(ReadOnlySequence<byte> bytes)
    {
        gathered ??= [];
        foreach (var segment in bytes)
        {
            if (!MemoryMarshal.TryGetArray(segment, out var piece))
            {
                gathered.Clear();
                return false;
            }

            gathered.Add(piece);
        }

        return true;
    }

    public override ValueTask FinishAsync()
    {
        Socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }
}
