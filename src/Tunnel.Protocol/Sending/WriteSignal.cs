using System.Threading.Tasks.Sources;

namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>
/// Wakes the write loop without allocating. One waiter; the owner of <c>Outbox.writing</c> ensures that <see cref="Set"/> is
/// called at most once between two waits.
/// </summary>
internal sealed class WriteSignal : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> core = new() { RunContinuationsAsynchronously = true };

    public ValueTask WaitAsync() => new(this, core.Version);

    public void Set() => core.SetResult(true);

    void IValueTaskSource.GetResult(short token)
    {
        core.GetResult(token);
        core.Reset();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => core.OnCompleted(continuation, state, token, flags);
}
