namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>How issuers' key sets are fetched and how long they serve.</summary>
internal sealed record FetchOptions
{
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    public long MaxBytes { get; init; } = 256 * 1024;

    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan MinRefresh { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan StaleOk { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan HardExpiry { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// After so many failures in a row an issuer's keys are no longer polled until an exchange needs them.
    /// </summary>
    public int PauseAfter { get; init; } = 20;

    /// <summary>
    /// Whether a signature that does not hold under a known kid may cause a fetch, as seldom as an unknown kid: some
    /// issuers put a new key under an old name.
    /// </summary>
    public bool RefetchOnBadSignature { get; init; } = true;

    /// <summary>How many issuers are polled at once.</summary>
    public int Concurrency { get; init; } = 8;
}
