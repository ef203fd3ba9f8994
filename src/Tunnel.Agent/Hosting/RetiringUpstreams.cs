using System.Collections.Concurrent;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>Upstreams that no route uses any more, until their last request ends.</summary>
internal sealed class RetiringUpstreams(TimeProvider time)
{
    private readonly ConcurrentDictionary<Task, bool> retiring = [];

    public void Add(Upstream upstream)
    {
        var ending = upstream.RetireAsync(RouteGeneration.LongestUse, time);
        retiring[ending] = true;
        _ = ending.ContinueWith(
            ended => retiring.TryRemove(ended, out _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    public Task WaitAsync() => Task.WhenAll(retiring.Keys);
}
