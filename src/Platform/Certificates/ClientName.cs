using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Certificates;

/// <summary>A subject alternative name that identifies a client.</summary>
public sealed record ClientName(ClientIdentityKind Kind, string Value)
{
    private const string SubjectAlternativeNameOid = "2.5.29.17";
    private const int MaxNames = 256;

    // GeneralName ::= CHOICE { … rfc822Name [1], dNSName [2], … uniformResourceIdentifier [6] } (RFC 5280 §4.2.1.6)
    private static readonly Asn1Tag EmailTag = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag DnsTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>The names of a certificate in their order; empty when the extension cannot be read.</summary>
    public static IReadOnlyList<ClientName> ReadAll(X509Certificate2 certificate)
    {
        if (certificate.Extensions[SubjectAlternativeNameOid] is not { } extension)
        {
            return [];
        }

        try
        {
            var names = new List<ClientName>();
            var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (reader.HasData && names.Count < MaxNames)
            {
                if (Read(reader) is { } name)
                {
                    names.Add(name);
                }
            }

            return names;
        }
        catch (AsnContentException)
        {
            return [];
        }
    }

    public override string ToString() => $"{ClientIdentityPattern.Word(Kind)}:{Value}";

    private static ClientName? Read(AsnReader reader)
    {
        var tag = reader.PeekTag();
        if (tag.HasSameClassAndValue(UriTag))
        {
            return new ClientName(
                ClientIdentityKind.Uri,
                reader.ReadCharacterString(UniversalTagNumber.IA5String, UriTag)
            );
        }

        if (tag.HasSameClassAndValue(DnsTag))
        {
            return new ClientName(
                ClientIdentityKind.Dns,
                reader.ReadCharacterString(UniversalTagNumber.IA5String, DnsTag)
            );
        }

        if (tag.HasSameClassAndValue(EmailTag))
        {
            return new ClientName(
                ClientIdentityKind.Email,
                reader.ReadCharacterString(UniversalTagNumber.IA5String, EmailTag)
            );
        }

        reader.ReadEncodedValue();
        return null;
    }
}
