using System.Formats.Asn1;
using System.Net;

namespace Culvert.Ca.Names;

/// <summary>A name of a subject alternative name extension, or the base of a name constraint.</summary>
/// <remarks>
/// Text is a DNS name, URI or e-mail as written, or an address in its usual notation; empty for other kinds.
/// </remarks>
public sealed record GeneralName(GeneralNameKind Kind, string Text, ReadOnlyMemory<byte> Content)
{
    internal const int MaxNames = 64;

    /// <summary><c>GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName</c>.</summary>
    /// <exception cref="AsnContentException">The bytes are not DER of that type.</exception>
    internal static List<GeneralName> ReadAll(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        List<GeneralName> names = [];
        while (sequence.HasData)
        {
            if (names.Count == MaxNames)
            {
                throw new AsnContentException("too many names");
            }

            names.Add(Read(sequence));
        }

        return names.Count > 0 ? names : throw new AsnContentException("an empty name list");
    }

    internal static GeneralName Read(AsnReader reader)
    {
        Asn1Tag tag = reader.PeekTag();
        if (tag.TagClass != TagClass.ContextSpecific || tag.TagValue > (int)GeneralNameKind.RegisteredId)
        {
            throw new AsnContentException("an unknown kind of name");
        }

        var kind = (GeneralNameKind)tag.TagValue;
        if (
            kind
            is not (GeneralNameKind.Email or GeneralNameKind.Dns or GeneralNameKind.Uri or GeneralNameKind.IpAddress)
        )
        {
            return new GeneralName(kind, "", reader.ReadEncodedValue());
        }

        // IA5String and OCTET STRING under an implicit tag are both plain octets. Octets above 127 are kept here; the rules
        // on names refuse them with a better message.
        byte[] content = reader.ReadOctetString(tag);
        string text =
            kind == GeneralNameKind.IpAddress ? FormatAddress(content) : System.Text.Encoding.Latin1.GetString(content);
        return new GeneralName(kind, text, content);
    }

    private static string FormatAddress(byte[] content) =>
        content.Length is 4 or 16 ? new IPAddress(content).ToString() : "";
}
