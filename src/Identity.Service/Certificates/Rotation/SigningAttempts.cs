using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// Who attempts to have a request signed, and when it may be tried again: in the store, so that two nodes never call
/// the enterprise for one request at the same time, and a restart does not forget to wait.
/// </summary>
internal sealed class SigningAttempts(SigningAttemptStore store, IJournal journal, StoreNode node, TimeProvider time)
{
    /// <summary>The wait after an attempt that led nowhere.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromMinutes(5);

    /// <summary>The longest wait, after doubling and whatever the connector requested.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    // A connector has 60 s; clocks of nodes may differ by minutes. A node that died holds others off no longer.
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(5);

    public ValueTask<SigningAttempt?> FindAsync(CertificateAuthorityId id, CancellationToken cancellationToken) =>
        store.FindAsync(id, cancellationToken);

    /// <summary>An attempt that is this node's alone; null = not now, or not any more.</summary>
    public async ValueTask<SigningAttempt?> BeginAsync(CertificateAuthorityId id, CancellationToken cancellationToken)
    {
        var now = time.GetStoreNow();
        var last = await store.FindAsync(id, cancellationToken);
        if (last?.HoldsOff(now) == true)
        {
            return null;
        }

        var began = await journal.CommitAsync(
            new Decision { Statements = [store.Begin(id, node.Name, now, now + Hold)] },
            cancellationToken
        );
        return began.IsCommitted
            ? new SigningAttempt
            {
                AuthorityId = id,
                Attempts = (last?.Attempts ?? 0) + 1,
                Refused = last?.Refused ?? 0,
                Node = node.Name,
                BeganAt = now,
                HeldUntil = now + Hold,
                NextAt = now,
            }
            : null;
    }

    /// <summary>It led to a certificate, or to a request that waits for people.</summary>
    public ValueTask DoneAsync(SigningAttempt attempt) => EndAsync(attempt with { Refused = 0 }, null, TimeSpan.Zero);

    /// <summary>It led nowhere; the wait until the next one.</summary>
    /// <param name="attempt">As it began.</param>
    /// <param name="error">In words for operators.</param>
    /// <param name="askedFor">The wait that the connector requested; null = none.</param>
    public async ValueTask<TimeSpan> FailedAsync(SigningAttempt attempt, string error, TimeSpan? askedFor = null)
    {
        var wait = askedFor > FirstWait ? askedFor.Value : FirstWait;
        wait = wait < LongestWait ? wait : LongestWait;
        await EndAsync(attempt, error, wait);
        return wait;
    }

    /// <summary>Its chain was refused: each one in a row doubles the wait, for asking again costs the enterprise.</summary>
    public async ValueTask<TimeSpan> RefusedAsync(SigningAttempt attempt, string error)
    {
        var wait = WaitAfter(attempt.Refused);
        await EndAsync(attempt with { Refused = attempt.Refused + 1 }, error, wait);
        return wait;
    }

    /// <summary>The wait after a chain that was refused, with so many before it.</summary>
    public static TimeSpan WaitAfter(long refused) => new Backoff(FirstWait, LongestWait).After(refused + 1);

    // Not under the caller's token: a node that stops would hold the others off. A store that is away ends nothing; then
    // the hold runs out.
    private async ValueTask EndAsync(SigningAttempt attempt, string? error, TimeSpan wait)
    {
        var now = time.GetStoreNow();
        await journal.CommitAsync(
            new Decision
            {
                Statements =
                [
                    store.End(attempt with { HeldUntil = null, EndedAt = now, NextAt = now + wait, Error = error }),
                ],
            },
            CancellationToken.None
        );
    }
}
