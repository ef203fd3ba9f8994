namespace Culvert.Tunnel.Agent.Policy;

/// <summary>What becomes of a message on its way to the client.</summary>
/// <param name="Fate">Whether and how it goes on.</param>
/// <param name="Replacement">Instead of it, where it is replaced.</param>
/// <param name="Hidden">Entries of lists that are not shown.</param>
/// <param name="IsError">Whether it reports an error of the tool or of JSON-RPC; null for what is no answer.</param>
internal readonly record struct FilteredMessage(
    MessageFate Fate,
    ReadOnlyMemory<byte> Replacement,
    int Hidden,
    bool? IsError
)
{
    /// <summary>Raw ids of requests that the client does not get, so that the agent must answer them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Unanswered { get; init; } = [];
}
