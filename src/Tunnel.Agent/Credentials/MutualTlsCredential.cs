using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>The client certificate of the connection; no header.</summary>
internal sealed class MutualTlsCredential : UpstreamCredential
{
    public static readonly MutualTlsCredential Instance = new();

    private MutualTlsCredential() { }

    public override string Kind => "mtls";

    public override ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken) =>
        new(CredentialHeader.None);
}
