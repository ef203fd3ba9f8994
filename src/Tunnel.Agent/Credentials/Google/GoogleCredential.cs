using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials.Google;

/// <summary>A token of a Google Cloud identity, the same for all callers of the route.</summary>
internal sealed class GoogleCredential(GoogleTokens google, TimeProvider time) : UpstreamCredential
{
    private const string OwnKey = "";

    private readonly TokenStore tokens = new(time);

    public override string Kind => "google";

    public override ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken) =>
        GetOwnAsync(cancellationToken);

    public override async ValueTask<CredentialHeader> GetOwnAsync(CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(OwnKey, google.RequestAsync, cancellationToken);
        return token.Problem.Length > 0
            ? CredentialHeader.Failed(token.Problem)
            : new CredentialHeader("Authorization", $"Bearer {token.Value}", "");
    }

    public override void Refused(Exchange exchange, CredentialHeader sent) =>
        tokens.Forget(OwnKey, ClientCredentialsCredential.GetToken(sent));
}
