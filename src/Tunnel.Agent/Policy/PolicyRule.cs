using Culvert.Tunnel.Agent.Mcp;

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

    public IReadOnlyList<string> Tools { get; init; } = [];

    public IReadOnlyList<string> Prompts { get; init; } = [];

    public IReadOnlyList<string> Resources { get; init; } = [];

    public IReadOnlyList<string> Methods { get; init; } = [];

    public RuleLimits Limits { get; init; } = RuleLimits.None;

    /// <summary>Whether the rule asks who calls.</summary>
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
