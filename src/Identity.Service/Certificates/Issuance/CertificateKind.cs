namespace Culvert.Identity.Service.Certificates.Issuance;

internal enum CertificateKind
{
    Agent,

    Edge,

    /// <summary>A leaf for inner TLS, issued by a tunnel's authority.</summary>
    Server,

    /// <summary>One of the service's own: for its ports, or for an OCSP responder of any authority.</summary>
    Service,
}
