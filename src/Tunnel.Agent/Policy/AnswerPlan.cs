namespace Culvert.Tunnel.Agent.Policy;

/// <summary>What an answer is checked for.</summary>
/// <param name="Filter">Filters its messages.</param>
/// <param name="Enforces">False if the answer is only read.</param>
/// <param name="HasLists">Whether it may be a list, or contain pinned instructions.</param>
/// <param name="LooksForAsks">Whether it may contain a request to the client that the rules do not allow.</param>
/// <param name="MaxBytes">The rule's limit.</param>
internal sealed record AnswerPlan(
    MessageFilter Filter,
    bool Enforces,
    bool HasLists,
    bool LooksForAsks,
    long MaxBytes,
    TimeProvider Time
)
{
    /// <summary>Answers a server's request, given by its raw id, that does not reach the client.</summary>
    public Action<ReadOnlyMemory<byte>>? Refuse { get; init; }
}
