namespace Culvert.Identity.Service.Storage;

/// <summary>
/// A value derived from the store's present state, once per revision for all callers: thousands of waiting
/// machines wake at the same moment and need the same value. One derivation runs at a time; callers that need a newer
/// revision meanwhile wait for the next one, which serves all of them. One that hangs is not waited for: another one
/// begins in parallel.
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
    // A read takes milliseconds. What depends on these is a revocation that must be seen.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // When that many hang, more of them would help no more, and each holds a connection of the store.
    private const int MaxRunning = 3;

    private readonly Lock gate = new();

    // Guarded by the gate; some may have ended.
    private readonly List<Derivation> running = [];

    // Written under the gate, read without it.
    private volatile Derivation? newest;

    /// <summary>Derived from a state that is not older than this call.</summary>
    public async ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        var wanted = revisions.Current;
        while (true)
        {
            var derivation = newest is { } known && IsUsable(known, wanted) ? known : JoinOrBegin(wanted);
            if (!derivation.Result.IsCompleted)
            {
                // Of an older revision, its end, whatever it is, lets the next one begin; so does its age.
                var left = Patience - GetAge(derivation);
                await ((Task)derivation.Result)
                    .WaitAsync(left > TimeSpan.Zero ? left : Patience, time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (derivation.Revision >= wanted && derivation.Result.IsCompleted)
            {
                return await derivation.Result;
            }
        }
    }

    private Derivation JoinOrBegin(long wanted)
    {
        lock (gate)
        {
            // An earlier one may have ended after all while the newest hangs.
            if (running.Find(earlier => IsUsable(earlier, wanted)) is { } ended)
            {
                newest = ended;
            }

            running.RemoveAll(derivation => derivation.Result.IsCompleted);
            if (newest is { } known && (IsUsable(known, wanted) || IsAwaited(known)))
            {
                return known;
            }

            // The revision is read before the state: what changes while it is read has a later one.
            var revision = revisions.Current;
            var begun = new Derivation(
                revision,
                time.GetUtcNow(),
                time.GetTimestamp(),
                Task.Run(() => derive(revision, CancellationToken.None), CancellationToken.None)
            );
            running.Add(begun);
            newest = begun;
            return begun;
        }
    }

    private bool IsAwaited(Derivation known) =>
        !known.Result.IsCompleted && (GetAge(known) < Patience || running.Count >= MaxRunning);

    private TimeSpan GetAge(Derivation known) => time.GetElapsedTime(known.Began);

    private bool IsUsable(Derivation known, long wanted) =>
        known.Revision >= wanted
        && known.Result.IsCompletedSuccessfully
        && time.GetUtcNow() - known.At < freshness
        && holds?.Invoke(known.Result.Result) != false;

    private sealed record Derivation(long Revision, DateTimeOffset At, long Began, Task<T> Result);
}
