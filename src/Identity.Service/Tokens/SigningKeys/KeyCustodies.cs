namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>The names of <see cref="KeyCustody"/> in the configuration.</summary>
internal static class KeyCustodies
{
    public const string Sealed = "sealed";
    public const string Pkcs11 = "pkcs11";
}
