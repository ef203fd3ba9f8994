using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Requests;

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
    /// <summary>Judges the answer; null: no answer rule applies to the call.</summary>
    public AnswerJudge? Judge { get; init; }

    /// <summary>Requests the approval of a finding that waits; returns null if it crosses.</summary>
    public Func<AnswerJudge, ValueTask<Failure?>>? Hold { get; init; }

    /// <summary>Answers a server's request that does not reach the client, by its raw id.</summary>
    public Action<ReadOnlyMemory<byte>>? Refuse { get; init; }
}
