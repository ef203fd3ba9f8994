using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>What a composed tool returns to its caller.</summary>
/// <param name="Finding">The structured part as JSON; for a tool that passes an answer on, the whole result.</param>
/// <param name="IsWhole">Whether <paramref name="Finding"/> is the whole result of the member's tool.</param>
/// <param name="Failure">Null if there is a finding.</param>
internal sealed record ComposedAnswer(ReadOnlyMemory<byte> Finding, bool IsWhole, ComposeFailure? Failure)
{
    public static ComposedAnswer Failed(ComposeFailure failure) => new(default, false, failure);
}

/// <summary>Why a composed tool has no finding.</summary>
/// <param name="Code">One of the constants of this type.</param>
/// <param name="Step">The step that failed; empty if it was none.</param>
/// <param name="Detail">A member's code, a claim, a position or a sentence. It has no value of a call.</param>
internal sealed record ComposeFailure(string Code, string Step, string Detail)
{
    /// <summary>The arguments do not match the tool's schema.</summary>
    public const string Arguments = "compose.arguments";

    /// <summary>A step needs a claim that the caller's token does not have, or not as one value.</summary>
    public const string Claim = "compose.claim_missing";

    /// <summary>A bound stopped the call.</summary>
    public const string Limit = "compose.limit";

    /// <summary>The statement failed on the data of this call.</summary>
    public const string Statement = "compose.statement_failed";

    /// <summary>A member did not answer, or its answer does not fit the step.</summary>
    public const string StepFailed = "compose.step_failed";

    /// <summary>A tool that may write is called where only reading ones may be.</summary>
    public const string Writes = "compose.step_writes";

    /// <summary>The finding does not match the output schema.</summary>
    public const string Output = "compose.output";

    /// <summary>The member's request for approval; null without one.</summary>
    public ApprovalTicket? Ticket { get; init; }

    /// <summary>Where the caller connects an account that the step needs; null without such a page.</summary>
    public Uri? ConnectPage { get; init; }

    public override string ToString() => Step.Length > 0 ? $"{Code}: step {Step}: {Detail}" : $"{Code}: {Detail}";
}
