using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>The complete decision of an exchange: the content of the token and of the audit event.</summary>
internal sealed record Grant
{
    /// <summary>The rule that grants, as it was when the exchange was decided.</summary>
    public required CompiledRule Rule { get; init; }

    public string OrganizationId => Rule.Rule.OrganizationId;

    /// <summary>The version that granted; for an exchanged token of this service, that token's.</summary>
    public required int RuleVersion { get; init; }

    public required string WorkspaceId { get; init; }

    /// <summary>Separated by spaces, in the rule's order; never more than the rule grants.</summary>
    public required string Scope { get; init; }

    public required int LifetimeSeconds { get; init; }

    /// <summary>The only resource that the token is for.</summary>
    public required string Audience { get; init; }

    /// <summary>The keys that the client proved, if the rule binds tokens.</summary>
    public TokenConfirmation Confirmation { get; init; }

    /// <summary>The actor for the subject; null = the subject itself.</summary>
    public TokenActor? Actor { get; init; }

    /// <summary>The only party that may act for the subject from now on; null = any actor that the rule names.</summary>
    public TokenMayAct? MayAct { get; init; }

    /// <summary>Shared by all tokens of one assertion, which are revoked together. Base64url of 16 random bytes.</summary>
    public required string Family { get; init; }

    /// <summary>Another token for an assertion that was exchanged before.</summary>
    public bool IsReissue { get; init; }

    /// <summary>The token's <c>jti</c>.</summary>
    public required string TokenId { get; init; }

    public required TokenSource Source { get; init; }

    /// <summary>The issuer identifier of the organization's authorization server that issues it; null = this service.</summary>
    public string? Issuer { get; init; }

    /// <summary>The person that the token is for; null = the rule's service account.</summary>
    public PersonGrant? Person { get; init; }
}
