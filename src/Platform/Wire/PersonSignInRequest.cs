using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// JSON body of <c>POST /v1/sign_in</c>: a person at the command line. The answer is a <see cref="TokenResponse"/> whose token
/// is bound to the key of the request's DPoP proof.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PersonSignInRequest
{
    /// <summary>The identity provider's id_token for the command line's client; good for one sign-in.</summary>
    [JsonPropertyName("id_token")]
    public required string IdToken { get; init; }

    // A record would print the token.
    public override string ToString() => nameof(PersonSignInRequest);
}
