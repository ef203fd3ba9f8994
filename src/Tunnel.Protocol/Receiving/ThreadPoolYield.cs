using System.Runtime.CompilerServices;

namespace Culvert.Tunnel.Protocol.Receiving;

/// <summary>
/// Yields to all work that already waits for a thread. A loop whose every step completes synchronously would otherwise
/// block its thread, possibly the one that polls the sockets, and delay all other work.
/// </summary>
internal readonly struct ThreadPoolYield : ICriticalNotifyCompletion
{
    public static ThreadPoolYield Next => default;

    public bool IsCompleted => false;

    public ThreadPoolYield GetAwaiter() => this;

    public void GetResult() { }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    // Task.Yield would put it in front of this thread's own queue.
    public void UnsafeOnCompleted(Action continuation) =>
        ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
}
