using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;

namespace Culvert.Platform.Fetching;

/// <summary>Observations of one fetch: the addresses, the decision on each, and the server that answered.</summary>
public sealed class FetchObservation
{
    private readonly ConcurrentQueue<(IPAddress, FetchRefusal?)> addresses = new();

    /// <summary>Every address of the name with the reason for its refusal; null: it may be used.</summary>
    public IReadOnlyCollection<(IPAddress Address, FetchRefusal? Refusal)> Addresses => addresses;

    /// <summary>The address of the connection; null when no connection was made.</summary>
    public IPEndPoint? ConnectedTo { get; private set; }

    /// <summary><c>Tls12</c> or <c>Tls13</c>; null when the handshake did not complete.</summary>
    public string? TlsProtocol { get; private set; }

    /// <summary>SHA-256 of the server's certificate, lower-case hex.</summary>
    public string? CertificateSha256 { get; private set; }

    public string? CertificateSubject { get; private set; }

    public string? CertificateIssuer { get; private set; }

    public DateTimeOffset? CertificateNotAfter { get; private set; }

    /// <summary>The answer's status; null when there was none.</summary>
    public int? Status { get; internal set; }

    public string? ContentType { get; internal set; }

    internal void Vetted(IPAddress address, FetchRefusal? refusal) => addresses.Enqueue((address, refusal));

    internal void Connected(EndPoint? remote) => ConnectedTo = remote as IPEndPoint;

    internal void Secured(SslStream tls)
    {
        TlsProtocol = tls.SslProtocol.ToString();
        if (tls.RemoteCertificate is { } certificate)
        {
            CertificateSha256 = Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));
            CertificateSubject = certificate.Subject;
            CertificateIssuer = certificate.Issuer;
            CertificateNotAfter = (
                certificate as System.Security.Cryptography.X509Certificates.X509Certificate2
            )?.NotAfter;
        }
    }
}
