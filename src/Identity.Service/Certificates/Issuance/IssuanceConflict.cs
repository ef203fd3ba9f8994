namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Expected conflicts of the inventory.</summary>
internal enum IssuanceConflict
{
    /// <summary>The drawn serial number exists already, or the idempotency key is held by another row.</summary>
    NotUnique,

    /// <summary>The key may not be certified for this identity; <see cref="KeyUse"/> says why.</summary>
    KeyTaken,

    /// <summary>The row has already left the state of an intent.</summary>
    NotIntended,
}
