namespace Culvert.Ca.Revocation;

/// <summary>Why a certificate was revoked, with the numbers of RFC 5280 §5.3.1.</summary>
public enum RevocationReason
{
    /// <summary>Nothing is said; the extension is left out, as §5.3.1 asks.</summary>
    Unspecified = 0,

    /// <summary>The private key is or may be compromised.</summary>
    KeyCompromise = 1,

    /// <summary>The authority's own key is. Not for leaves.</summary>
    CaCompromise = 2,

    /// <summary>The names in the certificate no longer belong to its holder.</summary>
    AffiliationChanged = 3,

    /// <summary>Another certificate took its place.</summary>
    Superseded = 4,

    /// <summary>It is needed no longer.</summary>
    CessationOfOperation = 5,

    /// <summary>On hold. Read in foreign lists; ours never revoke for a while.</summary>
    CertificateHold = 6,

    /// <summary>Taken back, in delta lists alone. Read in foreign lists.</summary>
    RemoveFromCrl = 8,

    /// <summary>Its holder lost the right to it.</summary>
    PrivilegeWithdrawn = 9,

    /// <summary>An attribute authority's key is compromised. Read in foreign lists.</summary>
    AaCompromise = 10,
}
