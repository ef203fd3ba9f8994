using System.Net.Sockets;
using System.Threading.Channels;

namespace Culvert.Testing.Faults;

/// <summary>One connection through a <see cref="FaultRelay"/>, whose conditions may change while it is open.</summary>
public sealed class FaultPath
{
    private const int SegmentBytes = 1460; // of Ethernet: what is lost at once
    private const int ChunkBytes = 64 * 1024;
    private const int MostChunks = 256; // beyond, the sender feels that nothing moves

    private readonly Socket near;
    private readonly Socket far;
    private readonly TimeProvider time;
    private readonly int seed;
    private volatile PathConditions onward;
    private volatile PathConditions back;

    internal FaultPath(Socket near, Socket far, PathConditions onward, PathConditions back, int seed, TimeProvider time)
    {
        (this.near, this.far, this.onward, this.back) = (near, far, onward, back);
        (this.seed, this.time) = (seed, time);
    }

    /// <summary>From the client to the target.</summary>
    public PathConditions Onward
    {
        get => onward;
        set => onward = value;
    }

    /// <summary>From the target to the client.</summary>
    public PathConditions Back
    {
        get => back;
        set => back = value;
    }

    /// <summary>Whether both ends are still there, as far as the path can see.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>From now on everything vanishes, both ways, and neither end hears of it.</summary>
    public void Cut() => onward = back = new PathConditions { Drops = true };

    /// <summary>The target gets the end of the stream, as if the client had sent everything.</summary>
    public void EndOnward()
    {
        onward = new PathConditions { Drops = true };
        Shut(far);
    }

    /// <summary>The client gets the end of the stream, as if the target had sent everything.</summary>
    public void EndBack()
    {
        back = new PathConditions { Drops = true };
        Shut(near);
    }

    /// <summary>Both ends get a reset.</summary>
    public void Reset()
    {
        IsOpen = false;
        near.Close(0);
        far.Close(0);
    }

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            PassAsync(near, far, () => onward, seed, cancellationToken),
            PassAsync(far, near, () => back, seed + 1, cancellationToken)
        );
        IsOpen = false;
        near.Dispose();
        far.Dispose();
    }

    private async Task PassAsync(
        Socket from,
        Socket to,
        Func<PathConditions> conditions,
        int directionSeed,
        CancellationToken cancellationToken
    )
    {
        var chunks = Channel.CreateBounded<(long Due, byte[] Bytes)>(MostChunks);
        var sending = SendAsync();
        var random = new Random(directionSeed);
        var due = 0L;
        try
        {
            var buffer = new byte[ChunkBytes];
            int count;
            while ((count = await from.ReceiveAsync(buffer, SocketFlags.None, cancellationToken)) > 0)
            {
                var now = conditions();
                if (!now.Drops)
                {
                    due = Math.Max(due, time.GetTimestamp()) + Ticks(Cost(now, count, random));
                    await chunks.Writer.WriteAsync((due + Ticks(now.Delay), buffer[..count]), cancellationToken);
                }
            }

            chunks.Writer.Complete();
            await sending;
            if (!conditions().Drops)
            {
                to.Shutdown(SocketShutdown.Send);
            }
            else
            {
                await HoldAsync(conditions, cancellationToken);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            chunks.Writer.TryComplete();
            if (conditions().Drops && e is not OperationCanceledException)
            {
                await HoldAsync(conditions, cancellationToken); // a reset is lost like everything else
            }

            Reset(); // a reset travels on as one
        }

        async Task SendAsync()
        {
            try
            {
                await foreach (var (moment, bytes) in chunks.Reader.ReadAllAsync(cancellationToken))
                {
                    var wait = time.GetElapsedTime(time.GetTimestamp(), moment);
                    if (wait > TimeSpan.FromMilliseconds(1))
                    {
                        await Task.Delay(wait, time, cancellationToken);
                    }

                    for (var sent = 0; sent < bytes.Length && !conditions().Drops; )
                    {
                        sent += await to.SendAsync(bytes.AsMemory(sent), SocketFlags.None, cancellationToken);
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                from.Close(0);
            }
        }
    }

    /// <summary>As long as the path drops, an end of one side stays unknown to the other.</summary>
    private async Task HoldAsync(Func<PathConditions> conditions, CancellationToken cancellationToken)
    {
        try
        {
            while (conditions().Drops)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The relay ends.
        }
    }

    private static TimeSpan Cost(PathConditions conditions, int count, Random random)
    {
        var cost =
            conditions.BytesPerSecond > 0
                ? TimeSpan.FromSeconds((double)count / conditions.BytesPerSecond)
                : TimeSpan.Zero;
        for (var segment = 0; segment < count && conditions.LostPerThousand > 0; segment += SegmentBytes)
        {
            cost += random.Next(1000) < conditions.LostPerThousand ? conditions.Resend : TimeSpan.Zero;
        }

        return cost;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private static void Shut(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Over already.
        }
    }
}
