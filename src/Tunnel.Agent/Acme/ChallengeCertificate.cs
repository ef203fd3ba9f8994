using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The self-signed certificate that answers a TLS-ALPN-01 challenge (RFC 8737 §3).</summary>
internal static class ChallengeCertificate
{
    private const string IdentifierOid = "1.3.6.1.5.5.7.1.31";

    /// <summary>The only ALPN protocol of a challenge handshake.</summary>
    public static readonly SslApplicationProtocol Protocol = new("acme-tls/1");

    // CAs do not check the validity; the margin covers clocks that differ.
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <summary>The TLS options of challenge handshakes only.</summary>
    /// <param name="digest">SHA-256 of the key authorization.</param>
    public static SslServerAuthenticationOptions TlsOptions(string name, byte[] digest, DateTimeOffset now) =>
        new()
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(
                Create(name, digest, now),
                null,
                offline: true
            ),
            ApplicationProtocols = [Protocol],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, // §4: TLS 1.2 or higher
            ClientCertificateRequired = false,
            AllowTlsResume = false,
            AllowRenegotiation = false,
        };

    internal static X509Certificate2 Create(string name, byte[] digest, DateTimeOffset now)
    {
        // acmeIdentifier: Authorization ::= OCTET STRING (SIZE (32)), critical
        var identifier = new AsnWriter(AsnEncodingRules.DER);
        identifier.WriteOctetString(digest);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=challenge", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509Extension(IdentifierOid, identifier.Encode(), critical: true));
        return request.CreateSelfSigned(now - Margin, now + Margin);
    }
}
