using System.Runtime.CompilerServices;

namespace Culvert.Tunnel.Protocol.Receiving;

/// <summary>
/// Yields to all queued work. A loop whose steps all complete synchronously would otherwise keep its thread, possibly the
/// one that polls the sockets, and delay all other work.
/// </summary>
internal readonly struct ThreadPoolYield : ICriticalNotifyCompletion
{
    public static ThreadPoolYield Next => default;

    public bool IsCompleted => false;

    public ThreadPoolYield GetAwaiter() => this;

    public void GetResult() { }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    // Task.Yield would queue it at the front of this thread's own queue.
    public void UnsafeOnCompleted(Action continuation) =>
        ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
}
