using System.Text.Json;
using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>A simulation: one of the first four members gives the claims, the others the rules.</summary>
/// <param name="Token">The workload's token; never stored.</param>
/// <param name="Claims">The claims of a token, as if the issuer had signed them.</param>
/// <param name="RequestId">A recorded exchange, by its verified claims.</param>
/// <param name="Sample"><c>PRESET/SAMPLE</c>: sample claims of this platform.</param>
/// <param name="RuleId">A saved rule, in the version that decides.</param>
/// <param name="Rule">A rule that is not saved.</param>
/// <param name="IssuerId">Without a rule: all rules of this issuer, or of the issuer in the claims.</param>
/// <param name="Directory">Groups of the person to evaluate with; null = those that the directory provisioned.</param>
internal sealed record SimulateRequest(
    string? Token = null,
    JsonElement? Claims = null,
    string? RequestId = null,
    string? Sample = null,
    string? RuleId = null,
    CreateRuleRequest? Rule = null,
    string? IssuerId = null,
    string? WorkspaceId = null,
    TestDirectory? Directory = null
);
