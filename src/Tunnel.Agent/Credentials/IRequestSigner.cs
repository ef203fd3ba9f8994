namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>Signs a request whose other headers and body are complete; the body must be in memory.</summary>
internal interface IRequestSigner
{
    ValueTask SignAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
