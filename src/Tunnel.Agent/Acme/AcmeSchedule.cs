using Culvert.Machine.Client.Credentials;
using Culvert.Platform.Certificates;
using Culvert.Platform.Timing;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>
/// When to order, as pure functions. A CA counts: failed validations per account and name, orders per account,
/// certificates per name. What failed at the CA is tried a few times in the first hour and then rarely; what failed here
/// before the CA heard of it is tried soon, since the operator is about to publish a record.
/// </summary>
internal static class AcmeSchedule
{
    private static readonly Backoff Retry = new(TimeSpan.FromMinutes(2), TimeSpan.FromHours(12));
    private static readonly Backoff LocalRetry = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));
    private static readonly TimeSpan RateLimitRetry = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxRequestedDelay = TimeSpan.FromDays(7);

    // RFC 9773 §4.3.2: a CA may say how long its window is good, within reason.
    private static readonly TimeSpan LeastAsk = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UsualAsk = TimeSpan.FromHours(6);
    private static readonly TimeSpan MostAsk = TimeSpan.FromDays(1);
    private const int AsksSoon = 5;

    // Three or four in a week: the largest public CA takes five of the same names.
    private static readonly TimeSpan BetweenHastened = TimeSpan.FromDays(2);

    /// <summary>Agents of a tunnel that start together order one after the other; a lone one does not wait long.</summary>
    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(20);

    /// <summary>After another agent's challenge for the same name.</summary>
    public static readonly TimeSpan Distance = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan TurnSpread = TimeSpan.FromSeconds(5);

    /// <summary>Two thirds of the life, spread by the machine's own place.</summary>
    public static DateTimeOffset RenewAt(KeyAndCertificate pair, double unit) =>
        // No window: one that ends before it begins counts for nothing.
        RenewalPlan.RenewAt(pair.NotBefore, pair.NotAfter, pair.NotAfter, pair.NotBefore, unit);

    /// <summary>
    /// The instant in the CA's window (RFC 9773 §4.2); at once when it has passed. A CA that wants every certificate
    /// renewed at once is obeyed once and then rarely: it also counts certificates for each name.
    /// </summary>
    /// <param name="window">What the CA suggests.</param>
    /// <param name="own">When it would be renewed without.</param>
    /// <param name="hastenedAt">When the CA was last obeyed before that time.</param>
    /// <param name="unit">The machine's own place, from 0 to below 1.</param>
    public static DateTimeOffset RenewAt(
        RenewalWindow window,
        DateTimeOffset own,
        DateTimeOffset? hastenedAt,
        double unit
    )
    {
        var suggested = window.Start + ((window.End - window.Start) * unit);
        var least = hastenedAt + BetweenHastened;
        return suggested >= own || least is not { } earliest || suggested >= earliest ? suggested
            : earliest < own ? earliest
            : own;
    }

    /// <summary>When the CA is asked again when to renew.</summary>
    public static DateTimeOffset AskAt(RenewalWindow window, DateTimeOffset now) =>
        now + (window.AskAgain is { } requested ? Clamp(requested, LeastAsk, MostAsk) : UsualAsk);

    /// <summary>
    /// The same when the CA did not say: soon, a few times, for trouble that passes, then as rarely as for any other
    /// (RFC 9773 §4.3.3).
    /// </summary>
    /// <param name="reason">Why it did not.</param>
    /// <param name="failures">In a row, at least 1.</param>
    /// <param name="now">When it did not.</param>
    public static DateTimeOffset AskAt(AcmeReason reason, int failures, DateTimeOffset now) =>
        now
        + (
            reason is AcmeReason.Unreachable or AcmeReason.ServerInternal && failures <= AsksSoon
                ? new Backoff(LeastAsk, UsualAsk).After(failures)
                : UsualAsk
        );

    /// <summary>How long to wait after a failure.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="failures">In a row, at least 1.</param>
    /// <param name="requested">The delay that the other side requests.</param>
    /// <param name="unit">Random, from 0 to below 1.</param>
    public static TimeSpan RetryAfter(AcmeReason reason, int failures, TimeSpan? requested, double unit)
    {
        if (reason == AcmeReason.ChallengeTaken)
        {
            // A turn, not a failure: it comes when the other's is over, however often that was waited for.
            return Clamp(requested ?? Distance, TimeSpan.Zero, MaxRequestedDelay) + (TurnSpread * unit);
        }

        var own = (IsLocal(reason) ? LocalRetry : Retry).After(failures, unit);
        var least =
            reason == AcmeReason.RateLimited && requested is null ? RateLimitRetry
            : requested is { } asked ? Clamp(asked, TimeSpan.Zero, MaxRequestedDelay)
            : TimeSpan.Zero;
        return own > least ? own : least;
    }

    /// <summary>The CA has not counted anything.</summary>
    public static bool IsLocal(AcmeReason reason) =>
        reason
            is AcmeReason.CaaMissing
                or AcmeReason.CaaOtherAuthority
                or AcmeReason.CaaAccount
                or AcmeReason.CaaMethods
                or AcmeReason.CaaUnreadable
                or AcmeReason.CaaLookup
                or AcmeReason.CaaIdentity
                or AcmeReason.SecretUnavailable
                or AcmeReason.ChallengeTaken
                or AcmeReason.ChallengeRefused
                or AcmeReason.ChallengeUnacknowledged
                or AcmeReason.AuditUnavailable
                or AcmeReason.AccountUnknown
                or AcmeReason.Unreachable;

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) =>
        value < least ? least
        : value > most ? most
        : value;
}
