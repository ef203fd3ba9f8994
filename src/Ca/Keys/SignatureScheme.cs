using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Culvert.Ca.Keys;

/// <summary>
/// A supported signature algorithm, with the only DER encoding of its <c>AlgorithmIdentifier</c>. Comparing whole encodings
/// excludes odd parameters: MD5, SHA-1, RSA-PSS with other salts or mask hashes, and absent or superfluous NULLs are not in
/// the table.
/// </summary>
internal sealed class SignatureScheme
{
    private SignatureScheme(string oid, HashAlgorithmName hash, RSASignaturePadding? padding, byte[] identifier)
    {
        Oid = oid;
        Hash = hash;
        Padding = padding;
        Identifier = identifier;
    }

    // RFC 5758 §3.2: parameters absent.
    public static SignatureScheme EcdsaSha256 { get; } = Ecdsa("1.2.840.10045.4.3.2", HashAlgorithmName.SHA256);
    public static SignatureScheme EcdsaSha384 { get; } = Ecdsa("1.2.840.10045.4.3.3", HashAlgorithmName.SHA384);
    public static SignatureScheme EcdsaSha512 { get; } = Ecdsa("1.2.840.10045.4.3.4", HashAlgorithmName.SHA512);

    // RFC 4055 §5: parameters NULL.
    public static SignatureScheme RsaSha256 { get; } = RsaPkcs1("1.2.840.113549.1.1.11", HashAlgorithmName.SHA256);
    public static SignatureScheme RsaSha384 { get; } = RsaPkcs1("1.2.840.113549.1.1.12", HashAlgorithmName.SHA384);
    public static SignatureScheme RsaSha512 { get; } = RsaPkcs1("1.2.840.113549.1.1.13", HashAlgorithmName.SHA512);

    private static readonly SignatureScheme[] Accepted =
    [
        EcdsaSha256,
        EcdsaSha384,
        EcdsaSha512,
        RsaSha256,
        RsaSha384,
        RsaSha512,
        // RFC 4055 §3.1 with mask hash = hash and salt length = hash length, with hash parameters NULL or absent (§2.1).
        RsaPss("2.16.840.1.101.3.4.2.1", HashAlgorithmName.SHA256, 32, withNull: true),
        RsaPss("2.16.840.1.101.3.4.2.2", HashAlgorithmName.SHA384, 48, withNull: true),
        RsaPss("2.16.840.1.101.3.4.2.3", HashAlgorithmName.SHA512, 64, withNull: true),
        RsaPss("2.16.840.1.101.3.4.2.1", HashAlgorithmName.SHA256, 32, withNull: false),
        RsaPss("2.16.840.1.101.3.4.2.2", HashAlgorithmName.SHA384, 48, withNull: false),
        RsaPss("2.16.840.1.101.3.4.2.3", HashAlgorithmName.SHA512, 64, withNull: false),
    ];

    public string Oid { get; }

    public HashAlgorithmName Hash { get; }

    public RSASignaturePadding? Padding { get; }

    public bool IsRsa => Padding is not null;

    public ReadOnlyMemory<byte> Identifier { get; }

    /// <summary>Returns null when the algorithm or its parameters are not supported.</summary>
    public static SignatureScheme? Find(ReadOnlySpan<byte> identifier)
    {
        foreach (SignatureScheme scheme in Accepted)
        {
            if (identifier.SequenceEqual(scheme.Identifier.Span))
            {
                return scheme;
            }
        }

        return null;
    }

    /// <summary>The scheme for our own keys: a hash as strong as the curve, or SHA-256 with RSA.</summary>
    public static SignatureScheme For(SubjectPublicKey key) =>
        key.Algorithm switch
        {
            KeyAlgorithm.EcdsaP256 => EcdsaSha256,
            KeyAlgorithm.EcdsaP384 => EcdsaSha384,
            KeyAlgorithm.EcdsaP521 => EcdsaSha512,
            _ => RsaSha256,
        };

    private static SignatureScheme Ecdsa(string oid, HashAlgorithmName hash)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
        }

        return new SignatureScheme(oid, hash, null, writer.Encode());
    }

    private static SignatureScheme RsaPkcs1(string oid, HashAlgorithmName hash)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            writer.WriteNull();
        }

        return new SignatureScheme(oid, hash, RSASignaturePadding.Pkcs1, writer.Encode());
    }

    private static SignatureScheme RsaPss(string hashOid, HashAlgorithmName hash, int saltLength, bool withNull)
    {
        const string RsassaPss = "1.2.840.113549.1.1.10";
        const string Mgf1 = "1.2.840.113549.1.1.8";
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(RsassaPss);
            using (writer.PushSequence())
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    WriteHash(writer, hashOid, withNull);
                }

                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Mgf1);
                    WriteHash(writer, hashOid, withNull);
                }

                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
                {
                    writer.WriteInteger(saltLength);
                }
            }
        }

        return new SignatureScheme(RsassaPss, hash, RSASignaturePadding.Pss, writer.Encode());
    }

    private static void WriteHash(AsnWriter writer, string hashOid, bool withNull)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(hashOid);
            if (withNull)
            {
                writer.WriteNull();
            }
        }
    }
}
