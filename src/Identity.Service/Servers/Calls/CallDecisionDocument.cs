using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>The result of a decision. Only callers with access to the tunnel see the call itself.</summary>
/// <param name="State"><c>pending</c> (another person must also approve), <c>approved</c> or <c>rejected</c>.</param>
internal sealed record CallDecisionDocument(string ApprovalId, string State)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "call_decision";
}
