using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>Which assertions of one issuer are exchanged for which service account, with which scope and lifetime.</summary>
internal sealed record Rule
{
    public required RuleId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required IssuerId IssuerId { get; init; }

    public required ServiceAccountId ServiceAccountId { get; init; }

    public required RuleMatch Match { get; init; }

    public SubjectType SubjectType { get; init; }

    /// <summary>Scopes of the service; empty if <see cref="RouteScopes"/> are granted.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Scopes for routes below the rule's tunnels; empty if <see cref="Scopes"/> are granted.</summary>
    public IReadOnlyList<string> RouteScopes { get; init; } = [];

    /// <summary>60–86400; the lifetime of tokens for machines is limited further when minted.</summary>
    public required int TokenLifetimeSeconds { get; init; }

    public required bool AppliesToAllWorkspaces { get; init; }

    /// <summary>The workspaces it is enabled in, unless it applies to all.</summary>
    public required IReadOnlyList<string> WorkspaceIds { get; init; }

    /// <summary>Tunnels that <c>tunnel:agent</c> is granted for (S3).</summary>
    public required IReadOnlyList<string> TunnelIds { get; init; }

    /// <summary>Edges that <c>edge:serve</c> is granted for (S6).</summary>
    public required IReadOnlyList<string> EdgeIds { get; init; }

    /// <summary>Service accounts that may act for its subjects (RFC 8693, delegation); usually none.</summary>
    public IReadOnlyList<string> ActorIds { get; init; } = [];

    /// <summary>The OAuth clients that people may sign in with by it: ids, or URLs of metadata documents. Empty = every client.</summary>
    public IReadOnlyList<string> ClientIds { get; init; } = [];

    public RuleState State { get; init; } = RuleState.Enforce;

    public RuleBind Bind { get; init; } = RuleBind.Any;

    /// <summary>From then on it grants nothing, and what it granted ends; null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public int Version { get; init; } = 1;

    /// <summary>
    /// The version that decides: this one while it is enforced, an earlier one while this one is in audit or awaits
    /// approval. Null = nothing is minted. A draft or a disabled version ends the enforcement of the version before it, and a
    /// later version in audit does not restore it.
    /// </summary>
    public int? EnforcedVersion { get; init; } = 1;

    public required ChangeStamps Stamps { get; init; }

    public bool HasExpired(DateTimeOffset now) => ExpiresAt is { } end && now >= end;

    /// <summary>It is to be enforced, and a second person has not approved it yet.</summary>
    public bool AwaitsApproval => State == RuleState.Enforce && EnforcedVersion != Version && !IsArchived;

    public bool IsArchived => Stamps.ArchivedAt is not null;

    /// <summary>The next version in this state, with the version that remains in force.</summary>
    public Rule Next(RuleState state, ChangeStamps stamps) =>
        this with
        {
            State = state,
            Stamps = stamps,
            Version = Version + 1,
            EnforcedVersion = stamps.ArchivedAt is not null
                ? null
                : state switch
                {
                    RuleState.Enforce => Version + 1,
                    RuleState.Audit => EnforcedVersion,
                    _ => null,
                },
        };

    public bool Covers(string workspaceId) => AppliesToAllWorkspaces || WorkspaceIds.Contains(workspaceId);

    public string OAuthScope => string.Join(' ', Scopes);
}
