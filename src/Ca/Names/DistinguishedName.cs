using System.Formats.Asn1;
using Culvert.Ca.Encoding;

namespace Culvert.Ca.Names;

/// <summary>A subject or issuer: its exact bytes (names are compared by encoding) and its common names.</summary>
public sealed class DistinguishedName
{
    // RFC 5280 appendix A.1, ub-common-name.
    private const int MaxCommonNameLength = 64;
    private const int MaxParts = 32;

    private DistinguishedName(ReadOnlyMemory<byte> encoded, IReadOnlyList<string> commonNames, bool isEmpty)
    {
        Encoded = encoded;
        CommonNames = commonNames;
        IsEmpty = isEmpty;
    }

    public static DistinguishedName Empty { get; } = new(new byte[] { 0x30, 0x00 }, [], isEmpty: true);

    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The values of its common-name attributes; empty where the value is not a character string.</summary>
    public IReadOnlyList<string> CommonNames { get; }

    public bool IsEmpty { get; }

    /// <summary>Creates the name <c>CN=…</c> as UTF8String.</summary>
    /// <param name="commonName">1 to 64 characters.</param>
    public static DistinguishedName FromCommonName(string commonName)
    {
        ArgumentOutOfRangeException.ThrowIfZero(commonName.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(commonName.Length, MaxCommonNameLength);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSetOf())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.CommonName);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, commonName);
        }

        return new DistinguishedName(writer.Encode(), [commonName], isEmpty: false);
    }

    /// <exception cref="AsnContentException">The bytes are not a DER <c>Name</c>.</exception>
    internal static DistinguishedName Read(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.PeekEncodedValue();
        AsnReader sequence = reader.ReadSequence();
        bool isEmpty = !sequence.HasData;
        List<string> commonNames = [];
        int parts = 0;
        while (sequence.HasData)
        {
            AsnReader set = sequence.ReadSetOf();
            do
            {
                if (++parts > MaxParts)
                {
                    throw new AsnContentException("a name of too many parts");
                }

                // The do-while refuses an empty set: RelativeDistinguishedName is SIZE (1..MAX).
                ReadPart(set.ReadSequence(), commonNames);
            } while (set.HasData);
        }

        return new DistinguishedName(encoded, commonNames, isEmpty);
    }

    internal bool HasSameEncoding(DistinguishedName other) => Encoded.Span.SequenceEqual(other.Encoded.Span);

    private static void ReadPart(AsnReader part, List<string> commonNames)
    {
        string type = part.ReadObjectIdentifier();
        Asn1Tag tag = part.PeekTag();
        if (type == Oids.CommonName)
        {
            commonNames.Add(IsText(tag) ? part.ReadCharacterString((UniversalTagNumber)tag.TagValue) : Skip(part));
        }
        else
        {
            Skip(part);
        }

        part.ThrowIfNotEmpty();
    }

    private static string Skip(AsnReader part)
    {
        part.ReadEncodedValue();
        return "";
    }

    private static bool IsText(Asn1Tag tag) =>
        tag.TagClass == TagClass.Universal
        && (UniversalTagNumber)tag.TagValue
            is UniversalTagNumber.UTF8String
                or UniversalTagNumber.PrintableString
                or UniversalTagNumber.IA5String
                or UniversalTagNumber.T61String
                or UniversalTagNumber.BMPString;
}
