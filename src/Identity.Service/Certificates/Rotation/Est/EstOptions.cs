using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Certificates.Rotation.Est;

/// <summary>An enterprise's enrolment server (RFC 7030), as the installation's operator wrote it down.</summary>
internal sealed record EstOptions
{
    /// <summary>Up to and with <c>/.well-known/est</c> and the label, if there is one (RFC 7030 §3.2.2); https.</summary>
    public required Uri Url { get; init; }

    /// <summary>PEM of the only roots that may vouch for the server.</summary>
    public required string CaFile { get; init; }

    /// <summary>For HTTP basic authentication; empty = none.</summary>
    public string Username { get; init; } = "";

    public SecretReference? Password { get; init; }

    /// <summary>Our certificate and key for the handshake; read at every call. Null = none.</summary>
    public CertificatePair? Certificate { get; init; }

    /// <summary>Where the server may be, in addition to public addresses on port 443 (S27).</summary>
    public AddressRanges Networks { get; init; } = AddressRanges.Empty;
}
