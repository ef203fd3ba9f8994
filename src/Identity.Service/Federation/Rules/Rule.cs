using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>Which assertions of one issuer become which service account, with which scope, for how long.</summary>
internal sealed record Rule
{
    public required RuleId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>Never changes.</summary>
    public required IssuerId IssuerId { get; init; }

    public required ServiceAccountId ServiceAccountId { get; init; }

    public required RuleMatch Match { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>60–86400; tokens for machines are capped further when minted.</summary>
    public required int TokenLifetimeSeconds { get; init; }

    public required bool AppliesToAllWorkspaces { get; init; }

    /// <summary>Workspaces it is enabled in, unless it applies to all.</summary>
    public required IReadOnlyList<string> WorkspaceIds { get; init; }

    /// <summary>Tunnels that <c>tunnel:agent</c> is granted for (S3).</summary>
    public required IReadOnlyList<string> TunnelIds { get; init; }

    /// <summary>Edges that <c>edge:serve</c> is granted for (S6).</summary>
    public required IReadOnlyList<string> EdgeIds { get; init; }

    public int Version { get; init; } = 1;

    public required ChangeStamps Stamps { get; init; }

    public bool IsArchived => Stamps.ArchivedAt is not null;

    public bool Covers(string workspaceId) => AppliesToAllWorkspaces || WorkspaceIds.Contains(workspaceId);

    public string OAuthScope => string.Join(' ', Scopes);
}
