using Culvert.Machine.Client.Credentials;
using Culvert.Platform.Certificates;
using Culvert.Platform.Timing;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>
/// Pure functions that decide when to order. CAs limit failed validations per account and name, orders per account
/// and certificates per name. Failures at the CA are retried a few times in the first hour and then rarely; failures
/// before the CA was contacted are retried soon, since the operator is about to publish a record.
/// </summary>
internal static class AcmeSchedule
{
    private static readonly Backoff Retry = new(TimeSpan.FromMinutes(2), TimeSpan.FromHours(12));
    private static readonly Backoff LocalRetry = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));
    private static readonly TimeSpan RateLimitRetry = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxRequestedDelay = TimeSpan.FromDays(7);

    // RFC 9773 §4.3.2: the CA may say how long its window is valid, within these bounds.
    private static readonly TimeSpan LeastAsk = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UsualAsk = TimeSpan.FromHours(6);
    private static readonly TimeSpan MostAsk = TimeSpan.FromDays(1);
    private const int EarlyRequests = 5;

    // Three or four in a week: the largest public CA allows five certificates for the same set of names.
    private static readonly TimeSpan BetweenHastened = TimeSpan.FromDays(2);

    /// <summary>Spreads the orders of agents that start together; short for the sake of a single agent.</summary>
    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(20);

    /// <summary>The wait after another agent's challenge for the same name.</summary>
    public static readonly TimeSpan Distance = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RetrySpread = TimeSpan.FromSeconds(5);

    /// <summary>Two thirds of the lifetime, spread by the machine's own unit.</summary>
    public static DateTimeOffset RenewAt(KeyAndCertificate pair, double unit) =>
        // No window: one that ends before it begins is ignored.
        RenewalPlan.RenewAt(pair.NotBefore, pair.NotAfter, pair.NotAfter, pair.NotBefore, unit);

    /// <summary>
    /// The time in the CA's window (RFC 9773 §4.2); now when it has passed. If a CA wants every certificate renewed at
    /// once, the agent does so once and then rarely: the CA also limits certificates for each name.
    /// </summary>
    /// <param name="own">The renewal time without a window.</param>
    /// <param name="hastenedAt">When the agent last renewed before its own time because of a window.</param>
    /// <param name="unit">The machine's own unit, from 0 to below 1.</param>
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

    /// <summary>When to request the renewal window again.</summary>
    public static DateTimeOffset GetRequestTime(RenewalWindow window, DateTimeOffset now) =>
        now + (window.AskAgain is { } requested ? Clamp(requested, LeastAsk, MostAsk) : UsualAsk);

    /// <summary>When to request it again after a failure: first soon, then rarely (RFC 9773 §4.3.3).</summary>
    /// <param name="failures">Consecutive failures, at least 1.</param>
    public static DateTimeOffset GetRequestTime(AcmeReason reason, int failures, DateTimeOffset now) =>
        now
        + (
            reason is AcmeReason.Unreachable or AcmeReason.ServerInternal && failures <= EarlyRequests
                ? new Backoff(LeastAsk, UsualAsk).After(failures)
                : UsualAsk
        );

    /// <param name="requested">The delay that the other side requests.</param>
    /// <param name="unit">Random, from 0 to below 1.</param>
    public static TimeSpan RetryAfter(AcmeReason reason, int failures, TimeSpan? requested, double unit)
    {
        if (reason == AcmeReason.ChallengeTaken)
        {
            // Waiting for another agent's challenge is not a failure, so the wait does not grow.
            return Clamp(requested ?? Distance, TimeSpan.Zero, MaxRequestedDelay) + (RetrySpread * unit);
        }

        var own = (IsLocal(reason) ? LocalRetry : Retry).After(failures, unit);
        var least =
            reason == AcmeReason.RateLimited && requested is null ? RateLimitRetry
            : requested is { } asked ? Clamp(asked, TimeSpan.Zero, MaxRequestedDelay)
            : TimeSpan.Zero;
        return own > least ? own : least;
    }

    /// <summary>True when the CA has not counted the failure.</summary>
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
