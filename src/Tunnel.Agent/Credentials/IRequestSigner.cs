namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>Signs a request whose other headers and body are complete; the body must be in memory.</summary>
internal interface IRequestSigner
{
    void Sign(HttpRequestMessage request);
}
