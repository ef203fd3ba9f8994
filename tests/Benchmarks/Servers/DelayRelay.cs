using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Culvert.Benchmarks.Servers;

/// <summary>
/// A path that takes its time: passes TCP connections on, every byte so many milliseconds after it came. In user space,
/// because delays in the kernel take rights that a bench does not have.
/// </summary>
internal static class DelayRelay
{
    private const int ChunkBytes = 128 * 1024;

    /// <summary>What may be on its way: far more than a window of 16 MiB, so that the relay is never the limit.</summary>
    private const int MostChunks = 1024;

    /// <param name="arguments">Own port, the port behind it, milliseconds each way.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var numbers = arguments.Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray();
        using var listener = new TcpListener(IPAddress.Loopback, numbers[0]);
        listener.Start();
        while (true)
        {
            var near = await listener.AcceptSocketAsync(cancellationToken);
            _ = RelayAsync(near, numbers[1], TimeSpan.FromMilliseconds(numbers[2]), cancellationToken);
        }
    }

    private static async Task RelayAsync(Socket near, int port, TimeSpan delay, CancellationToken cancellationToken)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (near)
        {
            near.NoDelay = true;
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                await Task.WhenAny(
                    PassAsync(near, far, delay, cancellationToken),
                    PassAsync(far, near, delay, cancellationToken)
                );
            }
            catch (SocketException)
            {
                // The client that connected sees the end.
            }
        }
    }

    private static async Task PassAsync(Socket from, Socket to, TimeSpan delay, CancellationToken cancellationToken)
    {
        var onTheWay = Channel.CreateBounded<(long Due, byte[] Bytes)>(MostChunks);
        await Task.WhenAll(ReceiveAsync(), SendAsync());

        async Task ReceiveAsync()
        {
            try
            {
                var buffer = new byte[ChunkBytes];
                int read;
                while ((read = await from.ReceiveAsync(buffer, cancellationToken)) > 0)
                {
                    var ticks = (long)(delay.TotalSeconds * TimeProvider.System.TimestampFrequency);
                    var due = TimeProvider.System.GetTimestamp() + ticks;
                    await onTheWay.Writer.WriteAsync((due, buffer[..read]), cancellationToken);
                }
            }
            finally
            {
                onTheWay.Writer.Complete();
            }
        }

        async Task SendAsync()
        {
            await foreach (var (due, bytes) in onTheWay.Reader.ReadAllAsync(cancellationToken))
            {
                var wait = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), due);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, TimeProvider.System, cancellationToken);
                }

                await to.SendAsync(bytes, cancellationToken);
            }
        }
    }
}
