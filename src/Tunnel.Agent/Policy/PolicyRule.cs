using Culvert.Platform.Addresses;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Policy.Budgets;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>A validated rule: its callers, its names and its effect. Empty conditions match every caller.</summary>
internal sealed record PolicyRule
{
    /// <summary>Unique within the route; written to audit records.</summary>
    public required string Name { get; init; }

    public required PolicyEffect Effect { get; init; }

    /// <summary>A name under <c>issuers</c> that the route lists.</summary>
    public string Issuer { get; init; } = "";

    public string Subject { get; init; } = "";

    public string ClientId { get; init; } = "";

    /// <summary>A scope of the token, or one that a scope of the token implies by the route's hierarchy.</summary>
    public string Scope { get; init; } = "";

    /// <summary>The token's <c>groups</c> must contain one of these.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The client addresses that the edge reports; empty for any.</summary>
    public AddressRanges Sources { get; init; } = AddressRanges.Empty;

    /// <summary>Names in client certificates, as verified by the edge, or patterns.</summary>
    public IReadOnlyList<string> Workloads { get; init; } = [];

    /// <summary>Composed routes: the rule is for the calls that their tools make for this caller; empty for any call.</summary>
    public IReadOnlyList<string> Via { get; init; } = [];

    public IReadOnlyList<string> Tools { get; init; } = [];

    public IReadOnlyList<string> Prompts { get; init; } = [];

    public IReadOnlyList<string> Resources { get; init; } = [];

    public IReadOnlyList<string> Methods { get; init; } = [];

    public RuleLimits Limits { get; init; } = RuleLimits.None;

    /// <summary>Constraints on a call's arguments; null for none. They do not hide a name.</summary>
    public ArgumentConstraints? Arguments { get; init; }

    public bool HasConditions => Arguments is { IsOfNames: false };

    /// <summary>Whether its decision depends on the arguments: by conditions, a budget or an approval.</summary>
    public bool JudgesArguments => Approval is not null || HasConditions;

    /// <summary>Further scopes that a token needs for a call; without them the caller gets a challenge.</summary>
    public IReadOnlyList<string> RequiredScopes { get; init; } = [];

    /// <summary>Whether a condition compares a claim of the caller's token.</summary>
    public bool ReadsClaims => Arguments?.Claims.Any() == true || Answer?.Claims.Any() == true;

    public RuleBudget? Budget { get; init; }

    public RuleApproval? Approval { get; init; }

    /// <summary>What of the answers of its calls crosses; null: this rule removes nothing.</summary>
    public AnswerRule? Answer { get; init; }

    /// <summary>Arguments that records do not describe, whatever this rule decides.</summary>
    public IReadOnlyList<JsonPointer> Masked { get; init; } = [];

    public bool IsForEveryone => !HasPrincipal && Sources.IsEmpty && Workloads.Count + Via.Count == 0;

    public bool HasPrincipal => Issuer.Length + Subject.Length + ClientId.Length + Scope.Length + Groups.Count > 0;

    public IReadOnlyList<string> GetNames(TargetKind kind) =>
        kind switch
        {
            TargetKind.Tool => Tools,
            TargetKind.Prompt => Prompts,
            TargetKind.Resource => Resources,
            _ => Methods,
        };
}
