namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>The written names of <see cref="KeyCustody"/>, where the configuration chooses one.</summary>
internal static class KeyCustodies
{
    public const string Sealed = "sealed";
    public const string Pkcs11 = "pkcs11";
}
