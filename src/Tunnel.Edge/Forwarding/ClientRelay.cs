using System.Buffers;
using System.Net.Sockets;
using Culvert.Tunnel.Protocol;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>
/// Moves bytes between a client's socket and a stream, both ways at once, unchanged and unread. Each direction moves
/// only as fast as its far side takes bytes; a half close travels as one (W11).
/// </summary>
/// <remarks>Nothing here blocks or computes: the stream's reader runs on the outer connection's read loop.</remarks>
internal sealed class ClientRelay(Socket client, MuxStream stream, TunnelTraffic traffic)
{
    /// <summary>A read that fills it makes one DATA frame in one TLS record.</summary>
    private const int ReadBytes = TunnelProtocol.MaxDataBytes - 9;

    /// <summary>
    /// Completes when both directions have ended; true if both ended with a FIN. Otherwise the stream has been reset and
    /// the client's connection should be, too.
    /// </summary>
    public async Task<bool> RunAsync()
    {
        var fromClient = GuardAsync(FromClientAsync());
        var toClient = GuardAsync(ToClientAsync());
        var first = await Task.WhenAny(fromClient, toClient);
        if (!await first)
        {
            // One direction broke: the other must not wait for a peer that has no reason to speak again.
            stream.Abort(StreamErrorCode.Cancelled);
            client.Dispose();
        }

        return await fromClient & await toClient;
    }

    private async Task FromClientAsync()
    {
        while (true)
        {
            // Waits without holding a buffer: most connections are idle most of the time.
            await client.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
            var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
            try
            {
                var read = await client.ReceiveAsync(buffer.AsMemory(0, ReadBytes), SocketFlags.None);
                if (read == 0)
                {
                    await stream.Output.CompleteAsync();
                    return;
                }

                traffic.CountFromClient(read);
                await stream.Output.WriteAsync(buffer.AsMemory(0, read));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private async Task ToClientAsync()
    {
        while (true)
        {
            var result = await stream.Input.ReadAsync();
            foreach (var segment in result.Buffer)
            {
                await SendAsync(segment);
            }

            stream.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                client.Shutdown(SocketShutdown.Send);
                return;
            }
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        traffic.CountToClient(bytes.Length);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await client.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    /// <summary>A peer that goes away is no fault of ours: it is the end of this direction.</summary>
    private static async Task<bool> GuardAsync(Task direction)
    {
        try
        {
            await direction;
            return true;
        }
        catch (Exception e) when (e is SocketException or MuxStreamException or ObjectDisposedException)
        {
            return false;
        }
    }
}
