using System.Text.Json.Serialization;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens.Introspection;

/// <summary>
/// RFC 7662 §2.2, RFC 8693 §§4.1 and 4.4, RFC 9449 §6.2, and the service's own claims under their own names. An inactive
/// token has only the member <c>active</c>.
/// </summary>
/// <param name="Cnf">What the token is bound to.</param>
/// <param name="Src">Where the access came from.</param>
internal sealed record IntrospectionDocument(
    bool Active,
    string? TokenType = null,
    string? Iss = null,
    string? Sub = null,
    string? Aud = null,
    string? ClientId = null,
    long? Iat = null,
    long? Nbf = null,
    long? Exp = null,
    string? Jti = null,
    string? Scope = null,
    string? Rule = null,
    int? RuleVer = null,
    string? Organization = null,
    string? Workspace = null,
    string? Family = null,
    TokenConfirmationDocument? Cnf = null,
    TokenSourceDocument? Src = null,
    TokenActorDocument? Act = null,
    TokenMayActDocument? MayAct = null
)
{
    public static IntrospectionDocument From(in AccessTokenClaims claims, string scopes) =>
        new(
            Active: true,
            TokenType: claims.Confirmation.KeyThumbprint is null ? "Bearer" : "DPoP",
            Iss: claims.Issuer,
            Sub: claims.Subject,
            Aud: claims.Audience,
            ClientId: claims.ClientId,
            Iat: claims.IssuedAt,
            Nbf: claims.NotBefore,
            Exp: claims.ExpiresAt,
            Jti: claims.TokenId,
            Scope: scopes,
            Rule: claims.Rule,
            RuleVer: claims.RuleVersion,
            Organization: claims.Organization,
            Workspace: claims.Workspace,
            Family: claims.Family,
            Cnf: claims.Confirmation.IsNone
                ? null
                : new(claims.Confirmation.KeyThumbprint, claims.Confirmation.CertificateThumbprint),
            Src: claims.Source is { } source
                ? new(source.IssuerId, source.SubjectHash, source.RootExpiresAt, source.TokenIdHash)
                : null,
            Act: TokenActorDocument.From(claims.Actor),
            MayAct: claims.MayAct is { } party ? new(party.Issuer, party.Subject) : null
        );
}

/// <param name="Jkt">The thumbprint of the key of the sender's DPoP proofs.</param>
/// <param name="CertificateThumbprint">The SHA-256 of the sender's certificate.</param>
internal sealed record TokenConfirmationDocument(
    string? Jkt = null,
    [property: JsonPropertyName("x5t#S256")] string? CertificateThumbprint = null
);

/// <param name="Iss">The ID of the issuer.</param>
/// <param name="Sub">The SHA-256 of the assertion's subject.</param>
/// <param name="Jti">The SHA-256 of the assertion's id.</param>
/// <param name="RootExp">No token of the family outlives it.</param>
internal sealed record TokenSourceDocument(
    string Iss,
    string Sub,
    [property: JsonPropertyOrder(1)] long RootExp,
    string? Jti = null
);

/// <param name="Act">The previous actor.</param>
internal sealed record TokenActorDocument(string Sub, string? Iss = null, TokenActorDocument? Act = null)
{
    public static TokenActorDocument? From(TokenActor? actor) =>
        actor is null ? null : new(actor.Subject, actor.Issuer, From(actor.Actor));
}

internal sealed record TokenMayActDocument(string? Iss = null, string? Sub = null);
