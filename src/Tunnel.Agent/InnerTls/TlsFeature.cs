using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>
/// The server's view of a connection's TLS: that it exists (the scheme <c>https</c>), its version (HTTP/2 requires 1.2,
/// RFC 9113 §9.2), and the protocol from ALPN (HTTP/2 or HTTP/1.1).
/// </summary>
internal sealed class TlsFeature(SslStream tls)
    : ITlsConnectionFeature,
        ITlsHandshakeFeature,
        ITlsApplicationProtocolFeature
{
    /// <summary>None: clients authenticate by tokens here, or to the edge.</summary>
    public X509Certificate2? ClientCertificate
    {
        get => null;
        set => throw new NotSupportedException();
    }

    public ReadOnlyMemory<byte> ApplicationProtocol { get; } = tls.NegotiatedApplicationProtocol.Protocol;

    public SslProtocols Protocol { get; } = tls.SslProtocol;

    public TlsCipherSuite? NegotiatedCipherSuite { get; } = tls.NegotiatedCipherSuite;

    public string HostName { get; } = tls.TargetHostName;

#pragma warning disable SYSLIB0058 // the interface still asks for what NegotiatedCipherSuite has replaced
    public CipherAlgorithmType CipherAlgorithm => CipherAlgorithmType.None;

    public int CipherStrength => 0;

    public HashAlgorithmType HashAlgorithm => HashAlgorithmType.None;

    public int HashStrength => 0;

    public ExchangeAlgorithmType KeyExchangeAlgorithm => ExchangeAlgorithmType.None;

    public int KeyExchangeStrength => 0;
#pragma warning restore SYSLIB0058

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
        Task.FromResult<X509Certificate2?>(null);
}
