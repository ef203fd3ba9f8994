namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal static class KeyCustodies
{
    public const string Sealed = "sealed";
    public const string Pkcs11 = "pkcs11";
}
