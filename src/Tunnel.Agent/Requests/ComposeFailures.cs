namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Why the call of a composed tool has no finding.</summary>
internal static class ComposeFailures
{
    public static readonly Failure Arguments = Failures.Get("compose.arguments");
    public static readonly Failure Claim = Failures.Get("compose.claim_missing");
    public static readonly Failure Limit = Failures.Get("compose.limit");
    public static readonly Failure Statement = Failures.Get("compose.statement_failed");
    public static readonly Failure StepFailed = Failures.Get("compose.step_failed");
    public static readonly Failure Writes = Failures.Get("compose.step_writes");
    public static readonly Failure Output = Failures.Get("compose.output");
    public static readonly Failure Unavailable = Failures.Get("compose.tool_unavailable");
}
