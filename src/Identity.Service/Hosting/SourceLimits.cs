namespace Culvert.Identity.Service.Hosting;

/// <summary>The service's per-source limits (S31).</summary>
internal sealed class SourceLimits(ServiceOptions options, TimeProvider time)
{
    /// <summary>Paths without credential: the token endpoint, metadata, the platform CA.</summary>
    public SourceRateLimiter Unauthenticated { get; } = new(options.Limits.ExchangePerAddress, time);

    /// <summary>Revocation lists: who fetches many must not be kept from the token endpoint, nor the other way round.</summary>
    public SourceRateLimiter Lists { get; } = new(options.Limits.ListsPerAddress, time);

    /// <summary>Credentials that failed; a source out of tokens is not even looked at.</summary>
    public SourceRateLimiter FailedAuthentication { get; } = new(options.Limits.HistoryPerAddress, time);
}
