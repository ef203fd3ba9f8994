namespace Culvert.Tunnel.Agent.Policy;

/// <summary>What an answer is checked for.</summary>
/// <param name="Filter">For its messages.</param>
/// <param name="Enforces">False: it is only read.</param>
/// <param name="HasLists">It may be a list, or contain instructions that are pinned.</param>
/// <param name="LooksForAsks">It may ask something of the client that the rules do not allow.</param>
/// <param name="MaxBytes">The rule's limit.</param>
/// <param name="Time">The clock of what is recorded.</param>
internal sealed record AnswerPlan(
    MessageFilter Filter,
    bool Enforces,
    bool HasLists,
    bool LooksForAsks,
    long MaxBytes,
    TimeProvider Time
)
{
    /// <summary>Answers a request of the server's, by its raw id, that the client does not get.</summary>
    public Action<ReadOnlyMemory<byte>>? Refuse { get; init; }
}
