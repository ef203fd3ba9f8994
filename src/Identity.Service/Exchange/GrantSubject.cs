using Culvert.Identity.Service.Exchange.OwnTokens;
using Culvert.Identity.Service.Federation;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// The subject of a grant, and what bounds the grant beyond the rule: nothing for an assertion; for an access token of
/// this service, all of that token's claims.
/// </summary>
internal sealed record GrantSubject
{
    public required CompiledRule Rule { get; init; }

    /// <summary>The version of the rule; for a token of this service, the version that granted it.</summary>
    public required int RuleVersion { get; init; }

    public required string WorkspaceId { get; init; }

    /// <summary>When the assertion or token expires, in seconds since 1970.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>Base64url SHA-256 of the subject at the identity provider.</summary>
    public required string SubjectHash { get; init; }

    /// <summary>Base64url SHA-256 of the assertion's <c>jti</c>; null if it had none.</summary>
    public string? TokenIdHash { get; init; }

    /// <summary>The only party that may act for the subject, as in its token; null = not restricted.</summary>
    public TokenMayAct? MayAct { get; init; }

    /// <summary>The claims of a token of this service, which nothing granted for it exceeds.</summary>
    public OwnToken? Own { get; init; }
}
