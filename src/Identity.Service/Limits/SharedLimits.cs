using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Limits;

/// <summary>Creates the rate limits of the service, each of which all its nodes share.</summary>
internal sealed class SharedLimits(Current<LimitOptions> options, TimeProvider time, LimitShares shares)
{
    /// <param name="name">The name of the limit in the nodes' reports.</param>
    /// <param name="read">Read at each use.</param>
    public KeyedRateLimiter<TKey> Create<TKey>(string name, Func<LimitOptions, RateLimit> read)
        where TKey : notnull => new(() => read(options.Value), time, shares: shares, name: name);

    /// <summary>As <see cref="Create"/>, per source address.</summary>
    public SourceRateLimiter CreatePerSource(string name, Func<LimitOptions, RateLimit> read) =>
        new(() => read(options.Value), time, shares: shares, name: name);
}
