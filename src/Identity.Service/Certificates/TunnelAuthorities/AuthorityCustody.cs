namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Where an authority's private key lives.</summary>
internal enum AuthorityCustody
{
    /// <summary>In our store, sealed with a key that is not in the store.</summary>
    Sealed,

    /// <summary>In a PKCS#11 token, which it never leaves.</summary>
    Pkcs11,

    /// <summary>With the enterprise: we only trust what it certifies.</summary>
    TrustOnly,

    /// <summary>Sealed, but it was made elsewhere: other copies may exist.</summary>
    Imported,
}
