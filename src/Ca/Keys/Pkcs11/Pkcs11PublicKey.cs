using System.Formats.Asn1;

namespace Culvert.Ca.Keys.Pkcs11;

internal static class Pkcs11PublicKey
{
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string RsaEncryption = "1.2.840.113549.1.1.1";

    /// <summary>Null when the attributes are not those of a supported key.</summary>
    public static SubjectPublicKey? FromEc(byte[]? parameters, byte[]? point)
    {
        if (parameters is null || point is null)
        {
            return null;
        }

        try
        {
            // PKCS#11 v2.40 §2.3.3: CKA_EC_POINT is the point inside an OCTET STRING.
            byte[] inner = AsnDecoder.ReadOctetString(point, AsnEncodingRules.DER, out _);
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(EcPublicKey);
                    writer.WriteEncodedValue(parameters);
                }

                writer.WriteBitString(inner);
            }

            return SubjectPublicKey.TryParse(writer.Encode());
        }
        catch (Exception fault) when (fault is AsnContentException or ArgumentException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="FromEc"/>
    public static SubjectPublicKey? FromRsa(byte[]? modulus, byte[]? exponent)
    {
        if (modulus is not { Length: > 0 } || exponent is not { Length: > 0 })
        {
            return null;
        }

        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(modulus.AsSpan().TrimStart((byte)0));
            key.WriteIntegerUnsigned(exponent.AsSpan().TrimStart((byte)0));
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(RsaEncryption);
                writer.WriteNull();
            }

            writer.WriteBitString(key.Encode());
        }

        return SubjectPublicKey.TryParse(writer.Encode());
    }
}
