namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>How the agent proves itself to an upstream (A17): always by something else than the client's token.</summary>
internal abstract class UpstreamCredential
{
    /// <summary>Names the kind in records: <c>none</c>, <c>static</c>, ….</summary>
    public abstract string Kind { get; }

    /// <summary>The header to send with a request.</summary>
    public abstract ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken);
}
