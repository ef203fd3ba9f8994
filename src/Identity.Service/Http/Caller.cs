using System.Collections.Frozen;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Http;

/// <summary>Who is calling, after its credential was proved. Never holds the credential itself.</summary>
internal sealed record Caller
{
    public required CallerKind Kind { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>The one workspace it may see; null = every workspace of the organization (admin keys without the header).</summary>
    public string? WorkspaceId { get; init; }

    public required IReadOnlySet<string> Scopes { get; init; }

    /// <summary>
    /// Admin keys and people: the names of their roles. What these add to the scopes is decided for each operation.
    /// </summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Stable id of the actor for audit: <c>key_…</c>, <c>svac_…</c> or <c>ttok_…</c>.</summary>
    public required string ActorId { get; init; }

    /// <summary>When the credential ends; null = no end of its own.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>SHA-256 of the presented credential, lower-case hex: tells two credentials apart without keeping them.</summary>
    public required string CredentialHash { get; init; }

    /// <summary>Access tokens: <c>jti</c>. Tunnel tokens: <c>ttok_…</c>.</summary>
    public string? TokenId { get; init; }

    /// <summary>Access tokens: who alone may use it; the authenticator has checked it.</summary>
    public TokenConfirmation Confirmation { get; init; }

    /// <summary>Access tokens: when it was issued.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Access tokens: the family that it belongs to, and is revoked with.</summary>
    public string? Family { get; init; }

    /// <summary>Access tokens: SHA-256 of the subject at the identity provider, base64url.</summary>
    public string? SubjectHash { get; init; }

    /// <summary>Access tokens: <c>kid</c> of the key that signed it.</summary>
    public string? SigningKeyId { get; init; }

    public string? IssuerId { get; init; }

    public string? RuleId { get; init; }

    public int? RuleVersion { get; init; }

    public string? ServiceAccountId { get; init; }

    /// <summary>The subject at the identity provider, of a federated caller.</summary>
    public string? Subject { get; init; }

    /// <summary>Tunnels that the rule names (S3); empty = none named.</summary>
    public IReadOnlySet<string> TunnelIds { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Edges that the rule names (S6); empty = none named.</summary>
    public IReadOnlySet<string> EdgeIds { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Tunnel tokens: the one tunnel.</summary>
    public string? TunnelId { get; init; }

    public bool Has(string scope) => Culvert.Identity.Service.Http.Scopes.Grants(Scopes, scope);

    /// <summary>Whether something of that workspace may be shown to this caller.</summary>
    public bool Sees(string organizationId, string workspaceId) =>
        OrganizationId == organizationId && (WorkspaceId is null || WorkspaceId == workspaceId);
}
