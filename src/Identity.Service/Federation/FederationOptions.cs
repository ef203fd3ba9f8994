using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.Federation;

internal sealed record FederationOptions
{
    public static readonly TimeSpan LongestLeeway = TimeSpan.FromSeconds(60);

    /// <summary>Tolerance for exp, nbf and iat of assertions.</summary>
    public TimeSpan Leeway { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan MaxRuleTokenLife { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan ReissueWindow { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan HistoryRetention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The only directory for key files of issuers; null = no issuer can have its keys in a file.</summary>
    public string? JwksDirectory { get; init; }

    /// <summary>Whether console and CLI require a written reason when a rule has warnings; the API never does.</summary>
    public bool JustifyLintWarnings { get; init; }

    /// <summary>How often tokens are polled from the transmitters of signal streams that do not push.</summary>
    public TimeSpan SignalPollInterval { get; init; } = TimeSpan.FromSeconds(5);

    public FetchOptions Fetch { get; init; } = new();
}
