using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>How the agent authenticates to an upstream (A17); it never sends the client's token.</summary>
internal abstract class UpstreamCredential
{
    /// <summary>The kind in records: <c>none</c>, <c>static</c>, ….</summary>
    public abstract string Kind { get; }

    public abstract ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken);

    /// <summary>The header of the agent's own request, such as a probe; none if the credential needs a client.</summary>
    public virtual ValueTask<CredentialHeader> GetOwnAsync(CancellationToken cancellationToken) =>
        new(CredentialHeader.None);

    public virtual void Refused(Exchange exchange, CredentialHeader sent) { }
}
