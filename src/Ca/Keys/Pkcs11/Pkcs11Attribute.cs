using System.Runtime.InteropServices;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary><c>CK_ATTRIBUTE</c>: a type and a value's bytes (PKCS#11 v2.40 §2.4.2).</summary>
internal sealed record Pkcs11Attribute(nuint Type, byte[] Value)
{
    public const nuint Class = 0x0;
    public const nuint OnToken = 0x1;
    public const nuint Private = 0x2;
    public const nuint Label = 0x3;
    public const nuint Id = 0x102;
    public const nuint Sensitive = 0x103;
    public const nuint Sign = 0x108;
    public const nuint Verify = 0x10A;
    public const nuint Extractable = 0x162;
    public const nuint EcParameters = 0x180;
    public const nuint ModulusBits = 0x121;
    public const nuint PublicExponent = 0x122;

    public const nuint KeyType = 0x100;
    public const nuint Modulus = 0x120;
    public const nuint EcPoint = 0x181;
    public const nuint AlwaysAuthenticate = 0x202;

    public const nuint PublicKeyClass = 2;
    public const nuint PrivateKeyClass = 3;

    public static Pkcs11Attribute Of(nuint type, bool value) => new(type, [value ? (byte)1 : (byte)0]);

    public static Pkcs11Attribute Of(nuint type, nuint value) =>
        new(type, MemoryMarshal.AsBytes<nuint>(new[] { value }).ToArray());

    public static Pkcs11Attribute Of(nuint type, string value) => new(type, System.Text.Encoding.UTF8.GetBytes(value));
}
