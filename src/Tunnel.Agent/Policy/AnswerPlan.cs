namespace Culvert.Tunnel.Agent.Policy;

/// <param name="Enforces">False if the answer is only read.</param>
/// <param name="HasLists">Whether it may be a list, or contain pinned instructions.</param>
/// <param name="LooksForAsks">Whether it may contain a request to the client that the rules do not allow.</param>
internal sealed record AnswerPlan(
    MessageFilter Filter,
    bool Enforces,
    bool HasLists,
    bool LooksForAsks,
    long MaxBytes,
    TimeProvider Time
)
{
    /// <summary>Answers a server's request that does not reach the client, by its raw id.</summary>
    public Action<ReadOnlyMemory<byte>>? Refuse { get; init; }
}
