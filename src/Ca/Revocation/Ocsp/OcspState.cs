namespace Culvert.Ca.Revocation.Ocsp;

/// <summary>The state of a certificate, with the tags of RFC 6960 §4.2.1.</summary>
public enum OcspState
{
    /// <summary>Issued and not revoked.</summary>
    Good = 0,

    Revoked = 1,

    /// <summary>The authority never issued a certificate with that serial number.</summary>
    Unknown = 2,
}
