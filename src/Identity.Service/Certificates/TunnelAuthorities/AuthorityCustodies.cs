namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>The spelling of custodies in the store and on the wire.</summary>
internal static class AuthorityCustodies
{
    public const string Sealed = "sealed";
    public const string Pkcs11 = "pkcs11";
    public const string TrustOnly = "trust_only";
    public const string Imported = "imported";

    public static string NameOf(AuthorityCustody custody) =>
        custody switch
        {
            AuthorityCustody.Sealed => Sealed,
            AuthorityCustody.Pkcs11 => Pkcs11,
            AuthorityCustody.TrustOnly => TrustOnly,
            AuthorityCustody.Imported => Imported,
            _ => throw new ArgumentOutOfRangeException(nameof(custody)),
        };

    public static AuthorityCustody? Find(string name) =>
        name switch
        {
            Sealed => AuthorityCustody.Sealed,
            Pkcs11 => AuthorityCustody.Pkcs11,
            TrustOnly => AuthorityCustody.TrustOnly,
            Imported => AuthorityCustody.Imported,
            _ => null,
        };

    /// <summary>As the command line spells it.</summary>
    public static string FlagOf(AuthorityCustody custody) => NameOf(custody).Replace('_', '-');

    public static AuthorityCustody Parse(string name) =>
        Find(name) ?? throw new ArgumentOutOfRangeException(nameof(name));
}
