using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>The upstream requires no credential.</summary>
internal sealed class NoCredential : UpstreamCredential
{
    public static readonly NoCredential Instance = new();

    private NoCredential() { }

    public override string Kind => "none";

    public override ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken) =>
        new(CredentialHeader.None);
}
