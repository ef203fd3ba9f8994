using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>
/// Copies bytes between a client's connection and a stream, both ways at once, without changing or interpreting them. Each
/// direction moves only as fast as its receiver reads; a half close is passed on as such (W11).
/// </summary>
/// <remarks>Nothing here blocks or computes, because the stream's reader runs on the outer connection's read loop.</remarks>
internal sealed class ClientRelay(
    ClientTransport client,
    MuxStream stream,
    ClientContext context,
    TunnelTraffic traffic,
    DisconnectWatcher disconnects,
    EdgeState state,
    TimeProvider time
)
{
    /// <summary>A read of this size becomes one DATA frame in one TLS record.</summary>
    private const int ReadBytes = TunnelProtocol.MaxDataBytes - 9;

    /// <summary>Most bytes in one send to a client: one that takes longer than the idle timeout is idle.</summary>
    private const long MostSentBytes = 128 * 1024;

    // A direction that waits for the rate limit checks this often whether its connection is closed.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private long movedAt = time.GetTimestamp();
    private volatile bool over;

    public ClientContext Context => context;

    /// <summary>True if both directions ended with a FIN; otherwise the stream is reset, and the client should be.</summary>
    public async Task<bool> RunAsync()
    {
        traffic.Add(this);
        try
        {
            if (!IsStillAllowed())
            {
                Cut();
                return false;
            }

            var fromClient = GuardAsync(FromClientAsync());
            var toClient = GuardAsync(ToClientAsync());
            var first = await Task.WhenAny(fromClient, toClient);
            if (!await first)
            {
                // One direction failed: the other must not wait for a peer that has no reason to send.
                client.Reset();
                End();
            }

            // An agent that has sent FIN may still reset the stream; without this, a silent client would keep it open
            // forever.
            using var reset =
                first == toClient
                    ? stream.Closed.UnsafeRegister(static relay => ((ClientRelay)relay!).End(), this)
                    : default;
            return await fromClient & await toClient;
        }
        finally
        {
            traffic.Remove(this);
        }
    }

    /// <summary>Closes the relay at once: the client gets a reset, the agent a cancelled stream.</summary>
    public void Cut()
    {
        if (!over)
        {
            traffic.CountCut();
            context.Span?.Cut();
            client.Reset();
            End();
        }
    }

    /// <summary>How long no byte has moved in either direction.</summary>
    public TimeSpan IdleFor(TimeProvider clock) => clock.GetElapsedTime(Volatile.Read(ref movedAt));

    /// <summary>Newer snapshots disconnect only registered relays; this one may have been admitted long before.</summary>
    private bool IsStillAllowed()
    {
        Interlocked.MemoryBarrier(); // register before reading the snapshot; EdgeState has the matching fence
        TunnelRoute? tunnel = null;
        _ = state.Snapshot?.TryGetTunnel(traffic.TunnelId, out tunnel);
        return context.IsAllowedBy(tunnel);
    }

    private void End()
    {
        over = true;
        stream.Abort(StreamErrorCode.Cancelled);
        client.Dispose();
    }

    private async Task<bool> FromClientAsync()
    {
        while (true)
        {
            // Waits without holding a buffer: most connections are idle most of the time.
            await client.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
            try
            {
                var read = await client.ReceiveAsync(buffer.AsMemory(0, ReadBytes), CancellationToken.None);
                if (read == 0)
                {
                    await stream.Output.CompleteAsync();
                    return true;
                }

                traffic.CountFromClient(read);
                context.Span?.CountFromClient(read);
                Volatile.Write(ref movedAt, time.GetTimestamp());
                await WriteAsync(buffer.AsMemory(0, read));
                Volatile.Write(ref movedAt, time.GetTimestamp());
                if (traffic.IsPaced)
                {
                    await PauseAsync(traffic.Pay(read));
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var write = stream.Output.WriteAsync(bytes);
        return write.IsCompleted ? write : WaitAsync(write);
    }

    /// <summary>While an agent accepts no bytes, the edge does not read and cannot see a disconnected client.</summary>
    private async ValueTask<FlushResult> WaitAsync(ValueTask<FlushResult> write)
    {
        disconnects.Watch(stream, client, mayFinish: true);
        try
        {
            return await write;
        }
        finally
        {
            disconnects.Forget(stream);
        }
    }

    private async Task<bool> ToClientAsync()
    {
        while (true)
        {
            var result = await stream.ReadOrEndAsync();
            if (result.IsCanceled)
            {
                return false;
            }

            for (var rest = result.Buffer; !rest.IsEmpty; )
            {
                var turn = rest.Slice(
                    0,
                    Math.Min(rest.Length, traffic.IsPaced ? rest.FirstSpan.Length : MostSentBytes)
                );
                traffic.CountToClient((int)turn.Length);
                context.Span?.CountToClient((int)turn.Length);
                await client.SendAsync(turn);
                rest = rest.Slice(turn.Length);
                Volatile.Write(ref movedAt, time.GetTimestamp());
                if (traffic.IsPaced)
                {
                    await PauseAsync(traffic.Pay((int)turn.Length));
                }
            }

            stream.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                await client.FinishAsync();
                return true;
            }
        }
    }

    /// <summary>A connection that waits for the rate limit is not idle.</summary>
    private async ValueTask PauseAsync(TimeSpan pause)
    {
        while (pause > TimeSpan.Zero && !over)
        {
            await Task.Delay(pause < LongestPause ? pause : LongestPause, time, CancellationToken.None);
            Volatile.Write(ref movedAt, time.GetTimestamp());
            pause = traffic.Pay(0);
        }
    }

    /// <summary>A peer that disconnects is not an error: it closes this direction.</summary>
    private static async Task<bool> GuardAsync(Task<bool> direction)
    {
        try
        {
            return await direction;
        }
        catch (Exception e)
            when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // MuxStreamException is an IOException. SslStream throws InvalidOperationException when its stream was closed
            // during a call.
            return false;
        }
    }
}
