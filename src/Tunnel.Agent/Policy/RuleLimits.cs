using Culvert.Platform.Configuration;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>The limits of a rule; null for no limit.</summary>
internal sealed record RuleLimits
{
    public static readonly RuleLimits None = new();

    /// <summary>Calls per person and name.</summary>
    public Rate? Rate { get; init; }

    /// <summary>Concurrent calls per person and name.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Limits the whole call, even if it reports progress.</summary>
    public TimeSpan? Timeout { get; init; }

    public long? MaxRequestBytes { get; init; }

    public long? MaxResponseBytes { get; init; }
}
