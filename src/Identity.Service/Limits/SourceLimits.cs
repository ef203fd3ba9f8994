namespace Culvert.Identity.Service.Limits;

/// <summary>The service's per-source limits (S31), shared by all its nodes.</summary>
internal sealed class SourceLimits
{
    public SourceLimits(SharedLimits limits, TimeProvider time)
    {
        Unauthenticated = limits.CreatePerSource("exchange_per_address", options => options.ExchangePerAddress);
        Lists = limits.CreatePerSource("lists_per_address", options => options.ListsPerAddress);
        FailedAuthentication = new FailedAuthentication(
            limits.CreatePerSource("failed_authentication", options => options.HistoryPerAddress),
            Unauthenticated,
            time
        );
    }

    /// <summary>Paths without credential: the token endpoint, metadata, the platform CA.</summary>
    public SourceRateLimiter Unauthenticated { get; }

    /// <summary>Revocation lists and OCSP, separate from the token endpoint so that neither blocks the other.</summary>
    public SourceRateLimiter Lists { get; }

    public FailedAuthentication FailedAuthentication { get; }
}
