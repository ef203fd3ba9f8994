using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>What became of a decision. The call itself is only for callers with a right to tunnels.</summary>
internal sealed record CallDecisionDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "call_decision";

    [JsonPropertyName("approval_id")]
    public required string ApprovalId { get; init; }

    /// <summary><c>pending</c> (another person must approve, too), <c>approved</c> or <c>rejected</c>.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }
}
