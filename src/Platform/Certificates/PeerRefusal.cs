namespace Culvert.Platform.Certificates;

/// <summary>Why a peer's certificate was refused.</summary>
public enum PeerRefusal
{
    /// <summary>Accepted.</summary>
    None,

    /// <summary>The peer sent no certificate.</summary>
    NoCertificate,

    /// <summary>Its validity has not begun.</summary>
    NotYetValid,

    /// <summary>Its validity is over.</summary>
    Expired,

    /// <summary>No valid chain leads from it to a platform root.</summary>
    Untrusted,

    /// <summary>It is a CA certificate, not a machine's.</summary>
    CertificateAuthority,

    /// <summary>Its extended key usage does not allow the side that it took.</summary>
    KeyUsage,

    /// <summary>It does not hold exactly one URI SAN of a known shape.</summary>
    Identity,

    /// <summary>Its identity belongs to another trust domain.</summary>
    TrustDomain,

    /// <summary>It identifies another kind of machine than the one expected.</summary>
    Role,

    /// <summary>Its serial is on the list of revoked ones.</summary>
    Revoked,
}
