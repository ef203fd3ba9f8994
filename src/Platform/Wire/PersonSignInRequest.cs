using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// JSON body of <c>POST /v1/sign_in</c>: a person's sign-in at the command line. The token of the answer is bound to
/// the key of the request's DPoP proof.
/// </summary>
/// <param name="IdToken">The identity provider's id_token for the command line's client; valid for one sign-in.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PersonSignInRequest(string IdToken)
{
    // The generated text of a record would print the token.
    public override string ToString() => nameof(PersonSignInRequest);
}
