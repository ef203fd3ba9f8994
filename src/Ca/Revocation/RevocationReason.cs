namespace Culvert.Ca.Revocation;

public enum RevocationReason
{
    /// <summary>Not specified; the extension is omitted (§5.3.1).</summary>
    Unspecified = 0,

    KeyCompromise = 1,

    /// <summary>The authority's own key is compromised. Not for leaves.</summary>
    CaCompromise = 2,

    /// <summary>The names in the certificate no longer belong to its holder.</summary>
    AffiliationChanged = 3,

    /// <summary>Another certificate replaced it.</summary>
    Superseded = 4,

    /// <summary>It is no longer needed.</summary>
    CessationOfOperation = 5,

    /// <summary>On hold. Only read in foreign lists, because our revocations are permanent.</summary>
    CertificateHold = 6,

    /// <summary>No longer on hold, only in delta lists. Only read in foreign lists.</summary>
    RemoveFromCrl = 8,

    /// <summary>Its holder lost the right to it.</summary>
    PrivilegeWithdrawn = 9,

    /// <summary>An attribute authority's key is compromised. Only read in foreign lists.</summary>
    AaCompromise = 10,
}
