using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A bearer token of the agent's own, the same for all callers of the route.</summary>
internal abstract class OwnTokenCredential(TimeProvider time) : UpstreamCredential
{
    private const string OwnKey = "";

    private readonly TokenStore tokens = new(time);

    protected TimeProvider Time => time;

    /// <summary>Whom the token represents, in records.</summary>
    protected abstract string Subject { get; }

    public override ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken) =>
        GetOwnAsync(cancellationToken);

    public override async ValueTask<CredentialHeader> GetOwnAsync(CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(OwnKey, RequestAsync, cancellationToken);
        return token.Problem.Length > 0
            ? CredentialHeader.Failed(token.Problem)
            : CredentialHeader.Bearer(token.Value, new CredentialUse(Subject, token.EndsAt));
    }

    public override void Refused(Exchange exchange, CredentialHeader sent) => tokens.Forget(OwnKey, sent.BearerToken);

    protected abstract Task<IssuedToken> RequestAsync();
}
