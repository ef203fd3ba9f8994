using System.Collections.Concurrent;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

internal sealed class ChildPool(StdioSettings settings, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<RpcChannel, Task> reaping = [];
    private int running;
    private volatile bool closed;

    public bool IsClosed => closed;

    public int Running => Volatile.Read(ref running);

    /// <summary>Returns null, with the reason, if no program can be started.</summary>
    public RpcChannel? TryStart(IRpcOwner owner, out Failure? refusal)
    {
        if (closed)
        {
            refusal = ChildFailures.ChildExited;
            return null;
        }

        if (Interlocked.Increment(ref running) > settings.MaxChildren)
        {
            Interlocked.Decrement(ref running);
            refusal = ChildFailures.ChildrenBusy;
            return null;
        }

        if (ChildProcess.TryStart(settings, time, out var problem) is not { } child)
        {
            Interlocked.Decrement(ref running);
            Log.ChildNotStarted(logger, settings.Command[0], problem);
            refusal = ChildFailures.ChildNotStarted;
            return null;
        }

        refusal = null;
        var channel = new RpcChannel(child, settings, owner, time, logger);
        var ending = reaping[channel] = ReapAsync(channel);
        _ = ending.ContinueWith(
            _ => reaping.TryRemove(channel, out Task? _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        return channel;
    }

    /// <summary>Completes when a program that is being stopped no longer counts against the limit.</summary>
    public Task FreedAsync(RpcChannel? program) =>
        program is not null && reaping.TryGetValue(program, out var ending) ? ending : Task.CompletedTask;

    public void Close() => closed = true;

    private async Task ReapAsync(RpcChannel channel)
    {
        await channel.Ended;
        await channel.DisposeAsync();
        Interlocked.Decrement(ref running);
    }
}
