using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.History;

namespace Culvert.Identity.Service.Authorization;

/// <summary>RFC 6749 §5.1.</summary>
/// <param name="TokenType"><c>Bearer</c>, or <c>DPoP</c> if the token is bound to a key (RFC 9449 §5).</param>
internal sealed record PersonTokenDocument(string AccessToken, string TokenType, int ExpiresIn, string Scope)
{
    /// <summary>Absent for an assertion: the client presents the next one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RefreshToken { get; init; }

    public static PersonTokenDocument Create(string accessToken, Grant grant, string? refreshToken) =>
        new(
            accessToken,
            grant.Confirmation.KeyThumbprint is null ? "Bearer" : "DPoP",
            grant.LifetimeSeconds,
            grant.Scope
        )
        {
            RefreshToken = refreshToken,
        };

    public override string ToString() => nameof(PersonTokenDocument);
}
