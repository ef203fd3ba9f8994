using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Limits;

/// <summary>The service's per-source limits (S31), shared by all its nodes.</summary>
internal sealed class SourceLimits
{
    public SourceLimits(Current<LimitOptions> limits, TimeProvider time, LimitShares shares)
    {
        Unauthenticated = Share(() => limits.Value.ExchangePerAddress, "exchange_per_address");
        Lists = Share(() => limits.Value.ListsPerAddress, "lists_per_address");
        FailedAuthentication = new FailedAuthentication(
            Share(() => limits.Value.HistoryPerAddress, "failed_authentication"),
            Unauthenticated,
            time
        );

        SourceRateLimiter Share(Func<RateLimit> limit, string name) => new(limit, time, shares: shares, name: name);
    }

    /// <summary>Paths without credential: the token endpoint, metadata, the platform CA.</summary>
    public SourceRateLimiter Unauthenticated { get; }

    /// <summary>Revocation lists and OCSP, separate from the token endpoint so that neither blocks the other.</summary>
    public SourceRateLimiter Lists { get; }

    public FailedAuthentication FailedAuthentication { get; }
}
