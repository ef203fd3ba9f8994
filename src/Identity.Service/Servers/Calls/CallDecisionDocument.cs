namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>The result of a decision. Only callers with access to the tunnel see the call itself.</summary>
internal sealed record CallDecisionDocument
{
    public string Type { get; } = "call_decision";

    public required string ApprovalId { get; init; }

    /// <summary><c>pending</c> (another person must also approve), <c>approved</c> or <c>rejected</c>.</summary>
    public required string State { get; init; }
}
