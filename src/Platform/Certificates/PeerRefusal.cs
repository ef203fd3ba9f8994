namespace Culvert.Platform.Certificates;

/// <summary>Why a peer's certificate was refused.</summary>
public enum PeerRefusal
{
    /// <summary>Accepted.</summary>
    None,

    /// <summary>The peer sent no certificate.</summary>
    NoCertificate,

    /// <summary>It is not yet valid.</summary>
    NotYetValid,

    /// <summary>It has expired.</summary>
    Expired,

    /// <summary>No valid chain leads from it to a platform root.</summary>
    Untrusted,

    /// <summary>It is a CA certificate, not a machine's.</summary>
    CertificateAuthority,

    /// <summary>Its extended key usage does not allow the side that it took.</summary>
    KeyUsage,

    /// <summary>It does not contain exactly one URI SAN of a known form.</summary>
    Identity,

    /// <summary>Its identity belongs to another trust domain.</summary>
    TrustDomain,

    /// <summary>It identifies another kind of machine than the one expected.</summary>
    Role,

    /// <summary>Its serial is on the list of revoked ones.</summary>
    Revoked,
}
