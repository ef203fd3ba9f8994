namespace Culvert.Platform.Wire;

/// <summary>Requests an early renewal of an authority's leaves.</summary>
/// <param name="CaId">The authority that issued the leaves.</param>
/// <param name="ExplanationUrl">A page with the reason, for operators.</param>
public sealed record AgentFeedRenewal(string CaId, SuggestedWindow SuggestedWindow, string? ExplanationUrl = null);
