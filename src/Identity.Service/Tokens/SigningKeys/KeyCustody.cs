namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal enum KeyCustody
{
    /// <summary>In the store, sealed (S19).</summary>
    Sealed,

    /// <summary>In an HSM, which it never leaves.</summary>
    Pkcs11,
}
