using System.Runtime.CompilerServices;

namespace Culvert.Tunnel.Protocol.Receiving;

/// <summary>
/// Goes on behind everything that waits for a thread already. A loop whose every step completes at once would otherwise
/// keep its thread, be it the one that watches the sockets, and everybody else would wait for it.
/// </summary>
internal readonly struct PoolTurn : ICriticalNotifyCompletion
{
    public static PoolTurn Next => default;

    public bool IsCompleted => false;

    public PoolTurn GetAwaiter() => this;

    public void GetResult() { }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    // Task.Yield would put it in front of this thread's own queue.
    public void UnsafeOnCompleted(Action continuation) =>
        ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
}
