using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>
/// A wire-tap: accepts on a loopback port, relays every byte unchanged and keeps a copy. It replaces a
/// packet capture, but needs no privilege and loses nothing.
/// </summary>
internal sealed class TcpTap : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint target;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentBag<Recording> recordings = [];
    private readonly Task accepting;
    private TaskCompletionSource gate = Opened();

    /// <param name="target">Where connections lead.</param>
    /// <param name="port">Where it listens; 0 = on another port each time.</param>
    public TcpTap(IPEndPoint target, int port = 0)
    {
        this.target = target;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(512);
        accepting = AcceptAsync();
    }

    /// <summary>Where to connect instead of the target.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndPoint!;

    public int Connections => recordings.Count / 2;

    /// <summary>Bytes seen in both directions.</summary>
    public long Length => recordings.Sum(r => r.Length);

    /// <summary>From now on nothing passes from the target back, until <see cref="Release"/>.</summary>
    public void Hold() =>
        Interlocked.Exchange(ref gate, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Release() => Volatile.Read(ref gate).TrySetResult();

    /// <summary>How often the bytes were seen, over all connections, counted within each direction of each.</summary>
    public int Count(ReadOnlySpan<byte> pattern)
    {
        var total = 0;
        foreach (var recording in recordings)
        {
            total += recording.Count(pattern);
        }

        return total;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        Release();
        listener.Dispose();
        await accepting;
        stopping.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                relays.Add(RelayAsync(await listener.AcceptAsync(stopping.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }

        await Task.WhenAll(relays);
    }

    private async Task RelayAsync(Socket near)
    {
        using (near)
        using (var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            try
            {
                near.NoDelay = far.NoDelay = true;
                await far.ConnectAsync(target, stopping.Token);
                var onward = PumpAsync(near, far, gated: false);
                var back = PumpAsync(far, near, gated: true);
                await Task.WhenAll(onward, back);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // One side is gone; closing both is what the other side would see without us.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool gated)
    {
        var recording = new Recording();
        recordings.Add(recording);
        var buffer = new byte[32 * 1024];
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer, SocketFlags.None, stopping.Token);
                if (count == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }

                recording.Append(buffer.AsSpan(0, count));
                if (gated)
                {
                    await Volatile.Read(ref gate).Task.WaitAsync(stopping.Token);
                }

                for (var sent = 0; sent < count; )
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), SocketFlags.None, stopping.Token);
                }
            }
        }
        catch (SocketException)
        {
            // A reset travels on as a reset.
            from.Close(0);
            to.Close(0);
        }
        catch (ObjectDisposedException)
        {
            // The other direction met a reset first.
        }
    }

    /// <summary>One direction of one connection.</summary>
    private sealed class Recording
    {
        private readonly Lock gate = new();
        private readonly ArrayBufferWriter<byte> bytes = new();

        public long Length
        {
            get
            {
                lock (gate)
                {
                    return bytes.WrittenCount;
                }
            }
        }

        public void Append(ReadOnlySpan<byte> part)
        {
            lock (gate)
            {
                bytes.Write(part);
            }
        }

        public int Count(ReadOnlySpan<byte> pattern)
        {
            lock (gate)
            {
                return bytes.WrittenSpan.Count(pattern);
            }
        }
    }
}
