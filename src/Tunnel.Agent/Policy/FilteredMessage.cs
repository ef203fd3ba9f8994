namespace Culvert.Tunnel.Agent.Policy;

/// <param name="Hidden">The number of list entries that are not shown.</param>
/// <param name="IsError">Whether it reports an error of the tool or of JSON-RPC; null if it is not an answer.</param>
internal readonly record struct FilteredMessage(
    MessageFate Fate,
    ReadOnlyMemory<byte> Replacement,
    int Hidden,
    bool? IsError
)
{
    /// <summary>Raw ids of requests that do not reach the client, so that the agent must answer them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Unanswered { get; init; } = [];
}
