namespace Culvert.Identity.Service.Storage;

/// <summary>
/// What is worked out from the store's present state, once per revision for everybody who asks: thousands of waiting
/// machines wake at the same moment and want the same. At most one derivation runs at a time; whoever asks for a newer
/// revision meanwhile waits for the next, which serves all of them.
/// </summary>
/// <param name="revisions">What a derivation is of.</param>
/// <param name="time">For its age.</param>
/// <param name="freshness">How long one is used while the revision stays: some things end by time alone.</param>
/// <param name="derive">Gets the revision that was read before it begins, and a token that no single caller ends.</param>
/// <param name="holds">What else must still be so for one to be used; null = nothing.</param>
internal sealed class DerivedView<T>(
    IRevisions revisions,
    TimeProvider time,
    TimeSpan freshness,
    Func<long, CancellationToken, Task<T>> derive,
    Func<T, bool>? holds = null
)
{
    private readonly Lock gate = new();

    // Written under the gate, read without it.
    private volatile Derivation? newest;

    /// <summary>Derived from a state that is no older than this call.</summary>
    public async ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        var wanted = revisions.Current;
        while (true)
        {
            var derivation = newest is { } known && IsUsable(known, wanted) ? known : JoinOrBegin(wanted);
            if (derivation.Revision >= wanted)
            {
                return derivation.Result.IsCompletedSuccessfully
                    ? derivation.Result.Result
                    : await derivation.Result.WaitAsync(cancellationToken);
            }

            // Of an older revision and still under way: its end, whatever it is, lets the next one begin.
            await ((Task)derivation.Result)
                .WaitAsync(cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private Derivation JoinOrBegin(long wanted)
    {
        lock (gate)
        {
            if (newest is { } known && (!known.Result.IsCompleted || IsUsable(known, wanted)))
            {
                return known;
            }

            // The revision is read before the state: what changes while it is read has a later one.
            var revision = revisions.Current;
            var begun = new Derivation(
                revision,
                time.GetUtcNow(),
                Task.Run(() => derive(revision, CancellationToken.None), CancellationToken.None)
            );
            newest = begun;
            return begun;
        }
    }

    private bool IsUsable(Derivation known, long wanted) =>
        known.Revision >= wanted
        && known.Result.IsCompletedSuccessfully
        && time.GetUtcNow() - known.At < freshness
        && holds?.Invoke(known.Result.Result) != false;

    private sealed record Derivation(long Revision, DateTimeOffset At, Task<T> Result);
}
