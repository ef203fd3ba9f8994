using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Certificates.Rotation.Est;

/// <summary>An enterprise's EST server (RFC 7030), from the installation's configuration.</summary>
internal sealed record EstOptions
{
    /// <summary>The https URL up to and including <c>/.well-known/est</c> and the label, if any (RFC 7030 §3.2.2).</summary>
    public required Uri Url { get; init; }

    /// <summary>PEM of the only roots trusted for the server.</summary>
    public required string CaFile { get; init; }

    /// <summary>For HTTP basic authentication; empty = none.</summary>
    public string Username { get; init; } = "";

    public SecretReference? Password { get; init; }

    /// <summary>The service's client certificate and key for the handshake, read at every call. Null = none.</summary>
    public CertificatePair? Certificate { get; init; }

    /// <summary>Allowed addresses of the server, in addition to public addresses on port 443 (S27).</summary>
    public AddressRanges Networks { get; init; } = AddressRanges.Empty;
}
