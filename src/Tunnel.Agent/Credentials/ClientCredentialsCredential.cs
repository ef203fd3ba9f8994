using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A token of the agent's own (RFC 6749 §4.4), one for all callers of the route.</summary>
internal sealed class ClientCredentialsCredential(TokenSettings settings, ITokenEndpoint endpoint, TimeProvider time)
    : UpstreamCredential
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

    public override void Refused(Exchange exchange, CredentialHeader sent) => tokens.Forget(OwnKey, TokenOf(sent));

    private async Task<IssuedToken> RequestAsync()
    {
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        AddTarget(form, settings);
        var token = await endpoint.RequestAsync(form, CancellationToken.None);
        return Check(token, settings);
    }

    /// <summary>Names the upstream: as a resource where it is a URL (RFC 8707 §2), as an audience where it is a name.</summary>
    internal static void AddTarget(List<KeyValuePair<string, string>> form, TokenSettings settings)
    {
        var isUrl = Uri.TryCreate(settings.Audience, UriKind.Absolute, out var url) && url.Fragment.Length == 0;
        form.Add(new(isUrl ? "resource" : "audience", settings.Audience));
        if (settings.Scope.Length > 0)
        {
            form.Add(new("scope", settings.Scope));
        }
    }

    internal static IssuedToken Check(IssuedToken token, TokenSettings settings) =>
        token.Problem.Length > 0 || TokenAudience.IsFor(token.Value, settings.Audience)
            ? token
            : IssuedToken.Failed("The authorization server gave a token for another audience.", token.EndsAt);

    internal static string TokenOf(CredentialHeader sent) =>
        sent.Value.StartsWith("Bearer ", StringComparison.Ordinal) ? sent.Value["Bearer ".Length..] : "";
}
