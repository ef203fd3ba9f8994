namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>How issuers' key sets are fetched and how long they are used.</summary>
internal sealed record FetchOptions
{
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    public long MaxBytes { get; init; } = 256 * 1024;

    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan MinRefresh { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan StaleOk { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan HardExpiry { get; init; } = TimeSpan.FromDays(7);

    /// <summary>After this many consecutive failures, keys are not polled until an exchange needs them.</summary>
    public int PauseAfter { get; init; } = 20;

    /// <summary>
    /// Whether an invalid signature under a known kid may cause a fetch, as rarely as an unknown kid: some issuers
    /// publish a new key under an old name.
    /// </summary>
    public bool RefetchOnBadSignature { get; init; } = true;

    /// <summary>The most issuers that are polled at the same time.</summary>
    public int Concurrency { get; init; } = 8;
}
