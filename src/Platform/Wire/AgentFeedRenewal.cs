namespace Culvert.Platform.Wire;

/// <summary>Requests an early renewal of an authority's leaves.</summary>
public sealed record AgentFeedRenewal
{
    /// <summary>The authority that issued the leaves.</summary>
    public required string CaId { get; init; }

    public required SuggestedWindow SuggestedWindow { get; init; }

    /// <summary>A page with the reason, for operators.</summary>
    public string? ExplanationUrl { get; init; }
}
