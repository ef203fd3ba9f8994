namespace Culvert.Identity.Service.Certificates.Issuance;

internal enum IssuanceConflict
{
    /// <summary>The drawn serial number exists already, or another row holds the idempotency key.</summary>
    NotUnique,

    /// <summary>The key may not be certified for this identity; <see cref="KeyUse"/> says why.</summary>
    KeyTaken,

    NotIntended,
}
