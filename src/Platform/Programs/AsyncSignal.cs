using System.Threading.Channels;
using Culvert.Platform.Timing;

namespace Culvert.Platform.Programs;

/// <summary>Wakes one waiting loop. Signals during its work are stored as one.</summary>
public sealed class AsyncSignal(TimeProvider time)
{
    // After this a timer may differ from the wall clock: the machine may have been suspended (S11b).
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Channel<bool> channel = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public void Set() => channel.Writer.TryWrite(true);

    /// <summary>Returns at a signal (true), after the timeout, or after half a minute.</summary>
    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var wait = timeout < LongestWait ? timeout : LongestWait;
        if (wait <= TimeSpan.Zero)
        {
            return channel.Reader.TryRead(out _);
        }

        using var limit = new TimeLimit(wait, time, cancellationToken);
        try
        {
            return await channel.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
