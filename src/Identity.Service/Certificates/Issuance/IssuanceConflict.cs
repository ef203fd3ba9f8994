namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Expected conflicts of the inventory.</summary>
internal enum IssuanceConflict
{
    /// <summary>The drawn serial number exists already.</summary>
    SerialUsed,

    /// <summary>The row is no intent any more.</summary>
    NotIntended,
}
