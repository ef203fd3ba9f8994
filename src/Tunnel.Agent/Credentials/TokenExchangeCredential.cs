using System.Security.Cryptography;
using System.Text;
using Culvert.Tunnel.Agent.Requests;
using Duende.IdentityModel;
using Duende.IdentityModel.Client;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A token in exchange for the caller's (RFC 8693), with <c>act</c> naming the agent as the actor.</summary>
/// <param name="chain">Exchanges of the token for another one; null: none.</param>
internal sealed class TokenExchangeCredential(
    TokenSettings settings,
    TokenEndpoint endpoint,
    TimeProvider time,
    TokenChain? chain = null
) : UpstreamCredential
{
    private const string ActorKey = "";

    private readonly TokenStore tokens = new(time);
    private readonly TokenStore actors = new(time);

    public override string Kind => "token_exchange";

    public override async ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        if (exchange is not { ClientToken: { } subject, Principal: { } principal })
        {
            return CredentialHeader.FailedForCaller("The caller showed no token that could be exchanged.");
        }

        var token = await tokens.GetAsync(GetCacheKey(subject), () => ExchangeAsync(subject), cancellationToken);
        return token.Problem.Length > 0 ? CredentialHeader.Failed(token.Problem)
            : time.GetUtcNow() >= principal.EndsAt ? CredentialHeader.FailedForCaller("The caller's token has expired.")
            : CredentialHeader.Bearer(
                token.Value,
                new CredentialUse(principal.Subject, token.EndsAt) { IsCallers = true }
            );
    }

    public override void Refused(Exchange exchange, CredentialHeader sent)
    {
        if (exchange.ClientToken is { } subject)
        {
            tokens.Forget(GetCacheKey(subject), sent.BearerToken);
        }
    }

    private async Task<IssuedToken> ExchangeAsync(string subject)
    {
        using var request = CreateRequest(settings, subject);
        if (settings.Act)
        {
            var actor = await actors.GetAsync(ActorKey, RequestActorAsync, CancellationToken.None);
            if (actor.Problem.Length > 0)
            {
                return actor;
            }

            request.ActorToken = actor.Value;
            request.ActorTokenType = OidcConstants.TokenTypeIdentifiers.AccessToken;
        }

        var token = ClientCredentialsCredential.Check(
            await endpoint.RequestAsync(request, CancellationToken.None),
            settings
        );
        return await (chain ?? TokenChain.Empty).ContinueAsync(token, subject);
    }

    /// <summary>An exchange of an access token for one for the settings' audience, without an actor.</summary>
    public static TokenExchangeTokenRequest CreateRequest(TokenSettings settings, string subject)
    {
        var isResource = ClientCredentialsCredential.IsResource(settings);
        return new TokenExchangeTokenRequest
        {
            SubjectToken = subject,
            SubjectTokenType = OidcConstants.TokenTypeIdentifiers.AccessToken,
            RequestedTokenType = OidcConstants.TokenTypeIdentifiers.AccessToken,
            Resource = isResource ? settings.Audience : null,
            Audience = isResource ? null : settings.Audience,
            Scope = settings.Scope,
        };
    }

    // The token is for the authorization server itself, so the request has no resource.
    private async Task<IssuedToken> RequestActorAsync()
    {
        using var request = new ClientCredentialsTokenRequest();
        return await endpoint.RequestAsync(request, CancellationToken.None);
    }

    // Hashed, so that the token itself is not stored longer than its call.
    private static string GetCacheKey(string subject) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(subject)));
}
