namespace Culvert.Identity.Service.Federation.Exchange;

/// <summary>One link of an <c>act</c> chain (RFC 8693 §4.1): the acting party, and for whom that one acted before.</summary>
/// <param name="Subject">A service account of ours.</param>
/// <param name="Before">The earlier actor; informational, as the RFC has it.</param>
internal sealed record ActorLink(string Subject, ActorLink? Before)
{
    /// <summary>Longest chain that is accepted or made.</summary>
    public const int MaxDepth = 2;

    public int Depth => 1 + (Before?.Depth ?? 0);
}
