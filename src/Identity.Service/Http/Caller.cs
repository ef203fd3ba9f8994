using System.Collections.Frozen;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Http;

/// <summary>An authenticated caller. Never contains the credential.</summary>
internal sealed record Caller
{
    public required CallerKind Kind { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>
    /// The only visible workspace; null = every workspace of the organization (admin keys without the header).
    /// </summary>
    public string? WorkspaceId { get; init; }

    public required IReadOnlySet<string> Scopes { get; init; }

    /// <summary>Role names of admin keys and people. What they add to the scopes is decided per operation.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The stable id of the actor in the audit: <c>key_…</c>, <c>svac_…</c> or <c>ttok_…</c>.</summary>
    public required string ActorId { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>SHA-256 of the credential, lower-case hex: distinguishes credentials without storing them.</summary>
    public required string CredentialHash { get; init; }

    /// <summary>Access tokens: <c>jti</c>. Tunnel tokens: <c>ttok_…</c>.</summary>
    public string? TokenId { get; init; }

    /// <summary>The key that an access token is bound to; the authenticator has checked it.</summary>
    public TokenConfirmation Confirmation { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    public string? Family { get; init; }

    /// <summary>SHA-256 of the identity provider's subject in an access token, base64url.</summary>
    public string? SubjectHash { get; init; }

    /// <summary>The <c>kid</c> of the key that signed an access token.</summary>
    public string? SigningKeyId { get; init; }

    public string? IssuerId { get; init; }

    public string? RuleId { get; init; }

    public int? RuleVersion { get; init; }

    public string? ServiceAccountId { get; init; }

    /// <summary>The identity provider's subject of a federated caller.</summary>
    public string? Subject { get; init; }

    /// <summary>The tunnels that the rule names (S3); empty = none named.</summary>
    public IReadOnlySet<string> TunnelIds { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The edges that the rule names (S6); empty = none named.</summary>
    public IReadOnlySet<string> EdgeIds { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The tunnel of a tunnel token.</summary>
    public string? TunnelId { get; init; }

    public bool Has(string scope) => Culvert.Identity.Service.Http.Scopes.Grants(Scopes, scope);

    /// <summary>Whether the caller may see objects of that workspace.</summary>
    public bool Sees(string organizationId, string workspaceId) =>
        OrganizationId == organizationId && (WorkspaceId is null || WorkspaceId == workspaceId);
}
