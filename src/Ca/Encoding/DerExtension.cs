using System.Formats.Asn1;

namespace Culvert.Ca.Encoding;

/// <summary>An X.509 extension, not decoded (RFC 5280 §4.1).</summary>
internal sealed record DerExtension(string Oid, bool Critical, ReadOnlyMemory<byte> Value)
{
    /// <summary>Limit of an object's extensions; certificates in practice have about ten.</summary>
    private const int MaxExtensions = 32;

    /// <summary><c>Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension</c>. Duplicates are kept.</summary>
    /// <exception cref="AsnContentException">The bytes are not DER of that type.</exception>
    public static List<DerExtension> ReadAll(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        List<DerExtension> extensions = [];
        while (sequence.HasData)
        {
            if (extensions.Count == MaxExtensions)
            {
                throw new AsnContentException("too many extensions");
            }

            extensions.Add(Read(sequence.ReadSequence()));
        }

        return extensions.Count > 0 ? extensions : throw new AsnContentException("an empty extension list");
    }

    public AsnReader OpenValue() => new(Value, AsnEncodingRules.DER);

    private static DerExtension Read(AsnReader extension)
    {
        string oid = extension.ReadObjectIdentifier();
        bool critical = false;
        if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
        {
            // X.690 §11.5: DER never encodes a DEFAULT value.
            critical = extension.ReadBoolean() ? true : throw new AsnContentException("an encoded default value");
        }

        byte[] value = extension.ReadOctetString();
        extension.ThrowIfNotEmpty();
        return new DerExtension(oid, critical, value);
    }
}
