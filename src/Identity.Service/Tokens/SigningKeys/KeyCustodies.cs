namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>The written names of <see cref="KeyCustody"/>.</summary>
internal static class KeyCustodies
{
    public const string Sealed = "sealed";
    public const string Pkcs11 = "pkcs11";

    public static string Name(KeyCustody custody) => custody == KeyCustody.Pkcs11 ? Pkcs11 : Sealed;

    public static KeyCustody Parse(string name) =>
        name switch
        {
            Sealed => KeyCustody.Sealed,
            Pkcs11 => KeyCustody.Pkcs11,
            _ => throw new ArgumentException($"Unknown custody {name}.", nameof(name)),
        };
}
