namespace Culvert.Platform.Certificates;

public enum PeerRefusal
{
    None,

    NoCertificate,

    NotYetValid,

    Expired,

    /// <summary>No valid chain leads from it to a platform root.</summary>
    Untrusted,

    /// <summary>It is a CA certificate, not a machine's.</summary>
    CertificateAuthority,

    /// <summary>Its extended key usage does not allow its side of the handshake.</summary>
    KeyUsage,

    /// <summary>It does not contain exactly one URI SAN of a known form.</summary>
    Identity,

    TrustDomain,

    /// <summary>It identifies another kind of machine than expected.</summary>
    Role,

    Revoked,
}
