using System.Net.Security;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// The server certificate of both ports. Read at every handshake, so that a renewed one is used immediately. The platform CA
/// implements it (or the configured pair).
/// </summary>
internal interface IApiCertificate
{
    /// <summary>For 8443: the configured pair, or a certificate of the platform CA.</summary>
    SslStreamCertificateContext Api { get; }

    /// <summary>For 8444: always the platform CA's, with the service's URI SAN (S6).</summary>
    SslStreamCertificateContext Machine { get; }
}
