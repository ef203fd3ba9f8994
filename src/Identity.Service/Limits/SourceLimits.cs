namespace Culvert.Identity.Service.Limits;

/// <summary>The service's per-source limits (S31), of all its nodes together.</summary>
internal sealed class SourceLimits(LimitOptions options, TimeProvider time, LimitShares shares)
{
    /// <summary>Paths without credential: the token endpoint, metadata, the platform CA.</summary>
    public SourceRateLimiter Unauthenticated { get; } =
        new(options.ExchangePerAddress, time, shares: shares, name: "exchange_per_address");

    /// <summary>Revocation lists and OCSP: who fetches many must not be kept from the token endpoint, nor the other way round.</summary>
    public SourceRateLimiter Lists { get; } =
        new(options.ListsPerAddress, time, shares: shares, name: "lists_per_address");

    /// <summary>Credentials that failed; a source out of tokens is not even looked at.</summary>
    public SourceRateLimiter FailedAuthentication { get; } =
        new(options.HistoryPerAddress, time, shares: shares, name: "failed_authentication");
}
