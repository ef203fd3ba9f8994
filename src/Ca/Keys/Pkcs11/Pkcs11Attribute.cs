using System.Buffers.Binary;
using Net.Pkcs11Interop.Common;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary><c>CK_ATTRIBUTE</c>: a type and a value's bytes (PKCS#11 v2.40 §2.4.2).</summary>
internal sealed record Pkcs11Attribute(CKA Type, byte[] Value)
{
    public static Pkcs11Attribute Create(CKA type, bool value) => new(type, [value ? (byte)1 : (byte)0]);

    /// <summary>A <c>CK_ULONG</c>: a native word on 64-bit Linux.</summary>
    public static Pkcs11Attribute Create(CKA type, ulong value)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return new Pkcs11Attribute(type, bytes);
    }

    public static Pkcs11Attribute Create(CKA type, string value) =>
        new(type, System.Text.Encoding.UTF8.GetBytes(value));
}
