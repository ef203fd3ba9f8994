namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal enum AuthorityCustody
{
    /// <summary>In the service's store, sealed with a key that is not in the store.</summary>
    Sealed,

    /// <summary>In a PKCS#11 token, which it never leaves.</summary>
    Pkcs11,

    /// <summary>With the enterprise: the service only trusts what it certifies.</summary>
    TrustOnly,

    /// <summary>Sealed, but created elsewhere: other copies may exist.</summary>
    Imported,
}
