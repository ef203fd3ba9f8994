using System.Net.Security;
using System.Security.Authentication;
using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>
/// A server certificate in service. Immutable: a renewal makes a new one, handshakes in flight keep theirs. The TLS
/// options are built once per leaf; that also lets OpenSSL keep one session cache per leaf, so that resumption works
/// and ends with the leaf.
/// </summary>
internal sealed class InnerLeaf
{
    public InnerLeaf(KeyAndCertificate pair, SslProtocols protocols)
    {
        Pair = pair;
        TlsOptions = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = pair.Context,
            EnabledSslProtocols = protocols,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            ClientCertificateRequired = false,
            AllowRenegotiation = false,
        };
    }

    public KeyAndCertificate Pair { get; }

    public SslServerAuthenticationOptions TlsOptions { get; }

    /// <summary>True at and between both ends of its validity.</summary>
    public bool IsValidAt(DateTimeOffset now) => now >= Pair.NotBefore && now < Pair.NotAfter + TimeSpan.FromSeconds(1);
}
