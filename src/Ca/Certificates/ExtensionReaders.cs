using System.Formats.Asn1;
using Culvert.Ca.Encoding;
using Culvert.Ca.Names;

namespace Culvert.Ca.Certificates;

/// <summary>Parsers of simple extension values; each throws <see cref="AsnContentException"/> on other content.</summary>
internal static class ExtensionReaders
{
    private const int MaxPurposes = 32;
    private const int MaxPolicies = 64;
    private static readonly Asn1Tag KeyIdentifierTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag DistributionPointTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag FullNameTag = new(TagClass.ContextSpecific, 0);

    /// <summary>RFC 5280 §4.2.1.3.</summary>
    public static KeyUsages ReadKeyUsage(AsnReader reader)
    {
        byte[] bits = reader.ReadBitString(out _);
        reader.ThrowIfNotEmpty();
        if (bits.Length > 2)
        {
            throw new AsnContentException("key usage with unknown bits");
        }

        int value = 0;
        for (int bit = 0; bit < bits.Length * 8; bit++)
        {
            // BIT STRING numbers its bits from the most significant one (X.690 §8.6.2).
            if ((bits[bit / 8] & (0x80 >> (bit % 8))) != 0)
            {
                value |= 1 << bit;
            }
        }

        return (KeyUsages)value;
    }

    /// <summary>RFC 5280 §4.2.1.12.</summary>
    public static List<string> ReadExtendedKeyUsage(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        List<string> purposes = [];
        while (sequence.HasData)
        {
            if (purposes.Count == MaxPurposes)
            {
                throw new AsnContentException("too many purposes");
            }

            purposes.Add(sequence.ReadObjectIdentifier());
        }

        return purposes.Count > 0 ? purposes : throw new AsnContentException("an empty list of purposes");
    }

    /// <summary>RFC 5280 §4.2.1.4: the identifiers; qualifiers are ignored.</summary>
    public static List<string> ReadPolicies(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        List<string> policies = [];
        while (sequence.HasData)
        {
            if (policies.Count == MaxPolicies)
            {
                throw new AsnContentException("too many policies");
            }

            policies.Add(sequence.ReadSequence().ReadObjectIdentifier());
        }

        return policies;
    }

    /// <summary>RFC 5280 §4.2.1.2.</summary>
    public static ReadOnlyMemory<byte> ReadSubjectKeyIdentifier(AsnReader reader)
    {
        byte[] identifier = reader.ReadOctetString();
        reader.ThrowIfNotEmpty();
        return identifier;
    }

    /// <summary>RFC 5280 §4.2.1.13, only in the form that we write: a single point with a single URI.</summary>
    public static string ReadCrlDistributionPoint(AsnReader reader)
    {
        AsnReader points = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        AsnReader point = points.ReadSequence();
        points.ThrowIfNotEmpty();
        AsnReader name = point.ReadSequence(DistributionPointTag);
        point.ThrowIfNotEmpty();
        AsnReader names = name.ReadSequence(FullNameTag);
        name.ThrowIfNotEmpty();
        GeneralName uri = GeneralName.Read(names);
        names.ThrowIfNotEmpty();
        return uri.Kind == GeneralNameKind.Uri
            ? uri.Text
            : throw new AsnContentException("a distribution point that is not a URI");
    }

    /// <summary>RFC 5280 §4.2.2.1, only in the form that we write: a single OCSP responder with a URI.</summary>
    public static string ReadOcspResponder(AsnReader reader)
    {
        AsnReader descriptions = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        AsnReader description = descriptions.ReadSequence();
        descriptions.ThrowIfNotEmpty();
        string method = description.ReadObjectIdentifier();
        GeneralName uri = GeneralName.Read(description);
        description.ThrowIfNotEmpty();
        return method == Oids.OcspAccess && uri.Kind == GeneralNameKind.Uri
            ? uri.Text
            : throw new AsnContentException("an access description other than an OCSP responder");
    }

    /// <summary>RFC 5280 §4.2.1.1: the key identifier; issuer and serial number are skipped.</summary>
    public static ReadOnlyMemory<byte>? ReadAuthorityKeyIdentifier(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        ReadOnlyMemory<byte>? identifier = null;
        if (sequence.HasData && sequence.PeekTag().HasSameClassAndValue(KeyIdentifierTag))
        {
            identifier = sequence.ReadOctetString(KeyIdentifierTag);
        }

        while (sequence.HasData)
        {
            sequence.ReadEncodedValue();
        }

        return identifier;
    }
}
