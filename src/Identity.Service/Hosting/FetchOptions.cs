namespace Culvert.Identity.Service.Hosting;

/// <summary>How issuers' key sets are fetched and how long they serve.</summary>
internal sealed record FetchOptions
{
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    public long MaxBytes { get; init; } = 256 * 1024;

    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan MinRefresh { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan StaleOk { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan HardExpiry { get; init; } = TimeSpan.FromDays(7);
}
