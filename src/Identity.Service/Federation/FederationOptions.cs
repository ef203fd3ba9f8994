using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.Federation;

internal sealed record FederationOptions
{
    /// <summary>The largest <see cref="Leeway"/>.</summary>
    public static readonly TimeSpan LongestLeeway = TimeSpan.FromSeconds(60);

    /// <summary>Tolerance on exp, nbf and iat of assertions.</summary>
    public TimeSpan Leeway { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan MaxRuleTokenLife { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan ReissueWindow { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan HistoryRetention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Where issuers with keys from a file find it, and nowhere else; null = there are no such issuers.</summary>
    public string? JwksDirectory { get; init; }

    /// <summary>Whether console and CLI ask for a written reason when a rule has warnings; the API never does.</summary>
    public bool JustifyLintWarnings { get; init; }

    public FetchOptions Fetch { get; init; } = new();
}
