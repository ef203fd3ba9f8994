using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>A simulation: one of the first four members gives the claims, the others the rules.</summary>
internal sealed record SimulateRequest
{
    /// <summary>The workload's token; never stored.</summary>
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    /// <summary>The claims of a token, as if the issuer had signed them.</summary>
    [JsonPropertyName("claims")]
    public JsonElement? Claims { get; init; }

    /// <summary>A recorded exchange, by its verified claims.</summary>
    [JsonPropertyName("request_id")]
    public string? RequestId { get; init; }

    /// <summary><c>PRESET/SAMPLE</c>: sample claims of this platform.</summary>
    [JsonPropertyName("sample")]
    public string? Sample { get; init; }

    /// <summary>A saved rule, in the version that decides.</summary>
    [JsonPropertyName("rule_id")]
    public string? RuleId { get; init; }

    /// <summary>A rule that is not saved.</summary>
    [JsonPropertyName("rule")]
    public CreateRuleRequest? Rule { get; init; }

    /// <summary>Without a rule: all rules of this issuer, or of the issuer in the claims.</summary>
    [JsonPropertyName("issuer_id")]
    public string? IssuerId { get; init; }

    [JsonPropertyName("workspace_id")]
    public string? WorkspaceId { get; init; }
}
