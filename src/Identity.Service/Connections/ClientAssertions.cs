using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Assertions;
using Culvert.Identity.Service.Tokens.SigningKeys;

namespace Culvert.Identity.Service.Connections;

/// <summary>
/// Assertions with which the service authenticates as a connection's client (RFC 7523 §2.2). Every organization's are signed
/// with the same keys, and the organization's administrators choose the client and the servers. So an assertion is valid
/// only at the server that receives it: its audience is the issuer whose metadata named the endpoints, or else the token
/// endpoint itself (<see cref="ConnectionCheck"/>).
/// </summary>
internal sealed class ClientAssertions(AssertionSigner signer, TimeProvider time)
{
    // draft-ietf-oauth-rfc7523bis-11 §4: no verifier takes it for another kind of token.
    private const string Type = "client-authentication+jwt";

    /// <summary>Null if no key can sign at present. Each one is used once.</summary>
    public async ValueTask<string?> CreateAsync(Connection connection, CancellationToken cancellationToken)
    {
        if (signer.FindRefusal() is not null)
        {
            return null;
        }

        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        AuditData claims =
        [
            ("iss", connection.ClientId),
            ("sub", connection.ClientId),
            ("aud", connection.Issuer ?? connection.TokenEndpoint),
            ("jti", AssertionClaims.NewTokenId()),
            ("iat", now.ToUnixTimeSeconds()),
            ("exp", (now + AssertionClaims.Life).ToUnixTimeSeconds()),
        ];
        try
        {
            return await signer.SignAsync(Type, claims.Encode(), now, cancellationToken);
        }
        catch (Exception fault) when (fault is SigningUnavailableException or StoreException)
        {
            return null;
        }
    }
}
