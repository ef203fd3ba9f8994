namespace Culvert.Identity.Service.Storage;

/// <summary>
/// A value derived from the store's current state, once per revision for all callers: thousands of waiting machines wake at
/// the same moment and need the same value. One derivation runs at a time; callers that need a newer revision share the next
/// one. If a derivation hangs, another one starts in parallel.
/// </summary>
/// <param name="freshness">
/// How long a value is used while the revision is unchanged: some things expire without a change.
/// </param>
/// <param name="derive">Receives the revision read before it starts; no caller cancels it.</param>
/// <param name="holds">A further condition for using a value; null = none.</param>
internal sealed class DerivedView<T>(
    IRevisions revisions,
    TimeProvider time,
    TimeSpan freshness,
    Func<long, CancellationToken, Task<T>> derive,
    Func<T, bool>? holds = null
)
{
    // A read takes milliseconds, and revocations depend on these values.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // If that many hang, more would not help, and each holds a connection of the store.
    private const int MaxRunning = 3;

    private readonly Lock gate = new();

    // Guarded by the gate; some may have completed.
    private readonly List<Derivation> running = [];

    // Written under the gate, read without it.
    private volatile Derivation? newest;

    /// <summary>A value derived from a state that is not older than this call.</summary>
    public async ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        var wanted = revisions.Current;
        while (true)
        {
            var derivation = newest is { } known && IsUsable(known, wanted) ? known : JoinOrBegin(wanted);
            if (!derivation.Result.IsCompleted)
            {
                // A derivation of an older revision allows the next one to start when it ends, with any result, or is too
                // old.
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
            // An earlier derivation may have completed while the latest one hangs.
            if (running.Find(earlier => IsUsable(earlier, wanted)) is { } ended)
            {
                newest = ended;
            }

            running.RemoveAll(derivation => derivation.Result.IsCompleted);
            if (newest is { } known && (IsUsable(known, wanted) || IsAwaited(known)))
            {
                return known;
            }

            // The revision is read before the state: a change during the derivation gets a later revision.
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
