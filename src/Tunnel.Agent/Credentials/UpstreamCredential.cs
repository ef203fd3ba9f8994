using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>How the agent proves itself to an upstream (A17): always by something else than the client's token.</summary>
internal abstract class UpstreamCredential
{
    /// <summary>Names the kind in records: <c>none</c>, <c>static</c>, ….</summary>
    public abstract string Kind { get; }

    /// <summary>The header to send with a request.</summary>
    public abstract ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken);

    /// <summary>The header of a request that no client made, such as a probe; none where only a client's will do.</summary>
    public virtual ValueTask<CredentialHeader> GetOwnAsync(CancellationToken cancellationToken) =>
        new(CredentialHeader.None);

    /// <summary>The upstream would not have what was sent.</summary>
    public virtual void Refused(Exchange exchange, CredentialHeader sent) { }
}
