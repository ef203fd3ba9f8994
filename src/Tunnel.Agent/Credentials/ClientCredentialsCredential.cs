using Culvert.Tunnel.Agent.Requests;
using Duende.IdentityModel;
using Duende.IdentityModel.Client;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>The agent's own token (RFC 6749 §4.4), the same for all callers of the route.</summary>
/// <param name="chain">Exchanges of the token for another one; null: none.</param>
internal sealed class ClientCredentialsCredential(
    TokenSettings settings,
    TokenEndpoint endpoint,
    TimeProvider time,
    TokenChain? chain = null
) : UpstreamCredential
{
    private const string OwnKey = "";

    private readonly TokenStore tokens = new(time);

    public override string Kind => "client_credentials";

    public override ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken) =>
        GetOwnAsync(cancellationToken);

    public override async ValueTask<CredentialHeader> GetOwnAsync(CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(OwnKey, RequestAsync, cancellationToken);
        return token.Problem.Length > 0
            ? CredentialHeader.Failed(token.Problem)
            : new CredentialHeader("Authorization", $"Bearer {token.Value}", "");
    }

    public override void Refused(Exchange exchange, CredentialHeader sent) => tokens.Forget(OwnKey, GetToken(sent));

    private async Task<IssuedToken> RequestAsync()
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

    internal static string GetToken(CredentialHeader sent) =>
        sent.Value.StartsWith("Bearer ", StringComparison.Ordinal) ? sent.Value["Bearer ".Length..] : "";
}
