using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>What would become of these claims: one of the first four members says whose, the others against what.</summary>
internal sealed record SimulateRequest
{
    /// <summary>A token as the workload has it; never stored.</summary>
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    /// <summary>Claims as a token would have them, taken as if the issuer had signed them.</summary>
    [JsonPropertyName("claims")]
    public JsonElement? Claims { get; init; }

    /// <summary>An exchange of the past, by its verified claims.</summary>
    [JsonPropertyName("request_id")]
    public string? RequestId { get; init; }

    /// <summary><c>PRESET/SAMPLE</c>: sample claims of this platform.</summary>
    [JsonPropertyName("sample")]
    public string? Sample { get; init; }

    /// <summary>A saved rule, in the version that decides.</summary>
    [JsonPropertyName("rule_id")]
    public string? RuleId { get; init; }

    /// <summary>A rule as it would be created.</summary>
    [JsonPropertyName("rule")]
    public CreateRuleRequest? Rule { get; init; }

    /// <summary>With neither rule: all rules of this issuer, or of the one that the claims name.</summary>
    [JsonPropertyName("issuer_id")]
    public string? IssuerId { get; init; }

    [JsonPropertyName("workspace_id")]
    public string? WorkspaceId { get; init; }
}
