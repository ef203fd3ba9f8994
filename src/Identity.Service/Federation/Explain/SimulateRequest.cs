using System.Text.Json;
using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>A simulation: one of the first four members gives the claims, the others the rules.</summary>
internal sealed record SimulateRequest
{
    /// <summary>The workload's token; never stored.</summary>
    public string? Token { get; init; }

    /// <summary>The claims of a token, as if the issuer had signed them.</summary>
    public JsonElement? Claims { get; init; }

    /// <summary>A recorded exchange, by its verified claims.</summary>
    public string? RequestId { get; init; }

    /// <summary><c>PRESET/SAMPLE</c>: sample claims of this platform.</summary>
    public string? Sample { get; init; }

    /// <summary>A saved rule, in the version that decides.</summary>
    public string? RuleId { get; init; }

    /// <summary>A rule that is not saved.</summary>
    public CreateRuleRequest? Rule { get; init; }

    /// <summary>Without a rule: all rules of this issuer, or of the issuer in the claims.</summary>
    public string? IssuerId { get; init; }

    public string? WorkspaceId { get; init; }
}
