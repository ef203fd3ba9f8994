namespace Culvert.Identity.Service.Authorization;

/// <summary>RFC 6749 §5.1.</summary>
/// <param name="TokenType"><c>Bearer</c>, or <c>DPoP</c> if the token is bound to a key (RFC 9449 §5).</param>
internal sealed record PersonTokenDocument(
    string AccessToken,
    string TokenType,
    int ExpiresIn,
    string RefreshToken,
    string Scope
)
{
    public override string ToString() => nameof(PersonTokenDocument);
}
