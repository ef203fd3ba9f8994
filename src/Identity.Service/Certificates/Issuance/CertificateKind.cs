namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>What a certificate is for.</summary>
internal enum CertificateKind
{
    /// <summary>An agent's platform certificate.</summary>
    Agent,

    /// <summary>An edge's platform certificate.</summary>
    Edge,

    /// <summary>A leaf for inner TLS, under a tunnel's authority.</summary>
    Server,

    /// <summary>One of the service's own: of its ports, or of an OCSP responder under any authority.</summary>
    Service,
}
