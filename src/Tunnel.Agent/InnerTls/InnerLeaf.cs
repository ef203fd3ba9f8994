using System.Net.Security;
using System.Security.Authentication;
using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>
/// A server certificate in service. Immutable: a renewal creates a new one, and handshakes in progress use the old one.
/// The TLS options are built once per leaf, so that OpenSSL has one session cache per leaf: sessions are resumed for the
/// lifetime of the leaf only.
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

    /// <summary>True from the first to the last second of its validity, inclusive.</summary>
    public bool IsValidAt(DateTimeOffset now) => now >= Pair.NotBefore && now < Pair.NotAfter + TimeSpan.FromSeconds(1);
}
