using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// Coordinates signing attempts in the store: two nodes never request the same signature at the same time, and a
/// restart does not shorten a wait.
/// </summary>
internal sealed class SigningAttempts(SigningAttemptStore store, IJournal journal, StoreNode node, TimeProvider time)
{
    /// <summary>The wait after a failed attempt.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromMinutes(5);

    /// <summary>The longest wait, after doubling and with any wait that the connector requests.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    // A connector has 60 s, and clocks of nodes may differ by minutes. The attempt of a crashed node expires after this.
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(5);

    public ValueTask<SigningAttempt?> FindAsync(CertificateAuthorityId id, CancellationToken cancellationToken) =>
        store.FindAsync(id, cancellationToken);

    /// <summary>Starts this node's exclusive attempt; null = not now, or no longer needed.</summary>
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

    /// <summary>The attempt resulted in a certificate, or in a request that waits for an administrator.</summary>
    public ValueTask DoneAsync(SigningAttempt attempt) => EndAsync(attempt with { Refused = 0 }, null, TimeSpan.Zero);

    /// <summary>Returns the wait until the next attempt.</summary>
    /// <param name="error">The reason, for operators.</param>
    /// <param name="askedFor">The wait that the connector requested; null = none.</param>
    public async ValueTask<TimeSpan> FailedAsync(SigningAttempt attempt, string error, TimeSpan? askedFor = null)
    {
        var wait = askedFor > FirstWait ? askedFor.Value : FirstWait;
        wait = wait < LongestWait ? wait : LongestWait;
        await EndAsync(attempt, error, wait);
        return wait;
    }

    /// <summary>Each consecutive refused chain doubles the wait, because each signature costs the enterprise.</summary>
    public async ValueTask<TimeSpan> RefusedAsync(SigningAttempt attempt, string error)
    {
        var wait = WaitAfter(attempt.Refused);
        await EndAsync(attempt with { Refused = attempt.Refused + 1 }, error, wait);
        return wait;
    }

    /// <summary>The wait after a refused chain that follows so many refused ones.</summary>
    public static TimeSpan WaitAfter(long refused) => new Backoff(FirstWait, LongestWait).After(refused + 1);

    // Without the caller's token: a stopping node would exclude the others. If the store is unavailable, the hold expires.
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
