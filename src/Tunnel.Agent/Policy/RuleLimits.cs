using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>How much of what a rule allows; null = as much as one likes.</summary>
internal sealed record RuleLimits
{
    public static readonly RuleLimits None = new();

    /// <summary>Calls per person and name.</summary>
    public Rate? Rate { get; init; }

    /// <summary>Calls at a time per person and name.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Of a whole call, whatever progress it reports.</summary>
    public TimeSpan? Timeout { get; init; }

    public long? MaxRequestBytes { get; init; }

    public long? MaxResponseBytes { get; init; }
}
