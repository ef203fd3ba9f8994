namespace Culvert.Identity.Service.Certificates.Issuance;

internal enum InventoryStatus
{
    /// <summary>Recorded before signing; the result is not known yet.</summary>
    Intent,

    /// <summary>Signed, recorded and not revoked, expired or not.</summary>
    Issued,

    /// <summary>Never handed out.</summary>
    Void,

    /// <summary>Revoked, in any earlier state.</summary>
    Revoked,
}
