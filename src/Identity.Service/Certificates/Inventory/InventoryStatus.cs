namespace Culvert.Identity.Service.Certificates.Inventory;

/// <summary>States of a certificate as the inventory shows and filters them.</summary>
internal enum InventoryStatus
{
    /// <summary>Recorded before signing; what became of it is not known yet.</summary>
    Intent,

    /// <summary>Signed, recorded and not revoked, whether it has ended or not.</summary>
    Issued,

    /// <summary>Never handed out.</summary>
    Void,

    /// <summary>Revoked, whatever it was before.</summary>
    Revoked,
}
