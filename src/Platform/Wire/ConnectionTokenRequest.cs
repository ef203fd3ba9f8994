using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/connection_tokens</c>: whose token for the upstream of which route.</summary>
/// <param name="Route">Name of the route.</param>
/// <param name="Issuer">Issuer of the caller's token.</param>
/// <param name="Subject">Subject of the caller's token.</param>
/// <param name="RefusedTokenHash">
/// <see cref="HashToken"/> of a token that the upstream answered with 401: the service refreshes it though it has not
/// expired. Null: none was refused.
/// </param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ConnectionTokenRequest(
    string Route,
    string Issuer,
    string Subject,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefusedTokenHash = null
)
{
    /// <summary>SHA-256 of an access token, base64url.</summary>
    public static string HashToken(string accessToken) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(accessToken)));

    // The generated text of a record would print the subject.
    public override string ToString() => $"{nameof(ConnectionTokenRequest)} {{ Route = {Route} }}";
}
