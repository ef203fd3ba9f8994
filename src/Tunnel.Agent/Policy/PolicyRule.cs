using Culvert.Platform.Addresses;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Policy.Budgets;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>One validated rule: for whom, about which names, and what. Empty conditions match every caller.</summary>
internal sealed record PolicyRule
{
    /// <summary>Written to audit records; unique within the route.</summary>
    public required string Name { get; init; }

    public required PolicyEffect Effect { get; init; }

    /// <summary>A name under <c>issuers</c> that the route lists.</summary>
    public string Issuer { get; init; } = "";

    public string Subject { get; init; } = "";

    public string ClientId { get; init; } = "";

    /// <summary>One that the token has, or that a scope of the token implies by the route's hierarchy.</summary>
    public string Scope { get; init; } = "";

    /// <summary>One of these, as the token's <c>groups</c> say.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Where calls come from, as the edge says; empty = from anywhere.</summary>
    public AddressRanges Sources { get; init; } = AddressRanges.Empty;

    /// <summary>Names in clients' certificates, as the edge verified them, or patterns.</summary>
    public IReadOnlyList<string> Workloads { get; init; } = [];

    public IReadOnlyList<string> Tools { get; init; } = [];

    public IReadOnlyList<string> Prompts { get; init; } = [];

    public IReadOnlyList<string> Resources { get; init; } = [];

    public IReadOnlyList<string> Methods { get; init; } = [];

    public RuleLimits Limits { get; init; } = RuleLimits.None;

    /// <summary>What must be true of a call's arguments; null = they may be anything. It does not hide a name.</summary>
    public ArgumentConstraints? Arguments { get; init; }

    /// <summary>Whether it demands something of the values of arguments, or that there are no others.</summary>
    public bool HasConditions => Arguments is { IsOfNames: false };

    /// <summary>Whether what it allows depends on the arguments, by conditions, a budget or an approval.</summary>
    public bool JudgesArguments => Approval is not null || HasConditions;

    /// <summary>What a token needs besides for a call that this rule allows: without them the caller gets a challenge that names them.</summary>
    public IReadOnlyList<string> RequiredScopes { get; init; } = [];

    /// <summary>How much calls may ask for in all; null = no such limit.</summary>
    public RuleBudget? Budget { get; init; }

    /// <summary>Who must approve each call that this rule allows; null = no person is asked.</summary>
    public RuleApproval? Approval { get; init; }

    /// <summary>Arguments that records do not describe, whatever this rule decides.</summary>
    public IReadOnlyList<JsonPointer> Masked { get; init; } = [];

    /// <summary>Whether it matches every caller.</summary>
    public bool IsForEveryone => !HasPrincipal && Sources.IsEmpty && Workloads.Count == 0;

    /// <summary>Whether the rule asks what the token says.</summary>
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
