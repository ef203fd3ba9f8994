using Culvert.Identity.Service.Exchange.OwnTokens;
using Culvert.Identity.Service.Federation;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// Whom a grant is for and what bounds it beyond the rule: nothing for an assertion, everything that the token says for
/// an access token of this service.
/// </summary>
internal sealed record GrantSubject
{
    public required CompiledRule Rule { get; init; }

    /// <summary>The version of the grant: the rule's, or the one that granted a token of this service.</summary>
    public required int RuleVersion { get; init; }

    public required string WorkspaceId { get; init; }

    /// <summary>When the assertion or token expires, seconds since 1970.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>Base64url SHA-256 of the subject at the identity provider.</summary>
    public required string SubjectHash { get; init; }

    /// <summary>Base64url SHA-256 of the assertion's <c>jti</c>; null if it had none.</summary>
    public string? TokenIdHash { get; init; }

    /// <summary>Who alone may act for the subject, as its token says; null = the token does not restrict it.</summary>
    public TokenMayAct? MayAct { get; init; }

    /// <summary>The claims of a token of this service. Nothing granted for it goes beyond that.</summary>
    public OwnToken? Own { get; init; }
}
