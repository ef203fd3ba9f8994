using Duende.IdentityModel;
using Duende.IdentityModel.Client;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>The agent's own token (RFC 6749 §4.4).</summary>
/// <param name="chain">Exchanges of the token for another one; null: none.</param>
internal sealed class ClientCredentialsCredential(
    TokenSettings settings,
    TokenEndpoint endpoint,
    TimeProvider time,
    TokenChain? chain = null
) : OwnTokenCredential(time)
{
    public override string Kind => "client_credentials";

    protected override string Subject => settings.ClientId;

    protected override async Task<IssuedToken> RequestAsync()
    {
        using var request = new ClientCredentialsTokenRequest { Scope = settings.Scope };
        if (IsResource(settings))
        {
            request.Resource.Add(settings.Audience);
        }
        else
        {
            request.Parameters.Add(OidcConstants.TokenRequest.Audience, settings.Audience);
        }

        var token = Check(await endpoint.RequestAsync(request, CancellationToken.None), settings);
        return await (chain ?? TokenChain.Empty).ContinueAsync(token, callers: null);
    }

    /// <summary>True: the audience is a URL, and is sent as a resource (RFC 8707 §2). False: as an audience.</summary>
    internal static bool IsResource(TokenSettings settings) =>
        Uri.TryCreate(settings.Audience, UriKind.Absolute, out var url) && url.Fragment.Length == 0;

    internal static IssuedToken Check(IssuedToken token, TokenSettings settings) =>
        token.Problem.Length > 0 || TokenAudience.IsFor(token.Value, settings.Audience)
            ? token
            : IssuedToken.Failed("The authorization server gave a token for another audience.", token.EndsAt);
}
