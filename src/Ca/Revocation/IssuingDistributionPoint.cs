using System.Formats.Asn1;
using Culvert.Ca.Names;

namespace Culvert.Ca.Revocation;

/// <summary>What a list covers (RFC 5280 §5.2.5).</summary>
/// <param name="IsCritical">Must be true (§5.2.5).</param>
/// <param name="Uris">The addresses of the distribution point; may be empty.</param>
/// <param name="OnlyUserCertificates">It covers only leaves.</param>
/// <param name="OnlySomeReasons">It covers only some reasons; other lists cover the rest.</param>
/// <param name="IsIndirect">It also lists certificates of other issuers.</param>
/// <param name="OnlyOthers">It covers only authorities or attribute certificates, no leaves.</param>
public sealed record IssuingDistributionPoint(
    bool IsCritical,
    IReadOnlyList<string> Uris,
    bool OnlyUserCertificates,
    bool OnlySomeReasons,
    bool IsIndirect,
    bool OnlyOthers
)
{
    private const int MaxNames = 8;

    /// <exception cref="AsnContentException">The value has another type.</exception>
    internal static IssuingDistributionPoint Read(bool isCritical, AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        List<string> uris = [];
        var flags = new bool[6];
        int previous = -1;
        while (sequence.HasData)
        {
            Asn1Tag tag = sequence.PeekTag();
            int field = tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1;
            if (field <= previous || field > 5)
            {
                throw new AsnContentException("an unknown or repeated field");
            }

            previous = field;
            switch (field)
            {
                case 0:
                    uris = ReadNames(sequence.ReadSequence(tag));
                    break;
                case 3:
                    flags[3] = sequence.ReadBitString(out _, tag).Length > 0;
                    break;
                default:
                    // X.690 §11.5: DER never encodes a DEFAULT value.
                    flags[field] = sequence.ReadBoolean(tag)
                        ? true
                        : throw new AsnContentException("an encoded default value");
                    break;
            }
        }

        return new IssuingDistributionPoint(isCritical, uris, flags[1], flags[3], flags[4], flags[2] || flags[5]);
    }

    private static List<string> ReadNames(AsnReader point)
    {
        List<string> uris = [];
        Asn1Tag choice = point.PeekTag();
        if (choice is not { TagClass: TagClass.ContextSpecific, TagValue: 0 })
        {
            // nameRelativeToCRLIssuer is allowed, but we do not use it.
            point.ReadEncodedValue();
            return uris;
        }

        AsnReader names = point.ReadSequence(choice);
        point.ThrowIfNotEmpty();
        while (names.HasData)
        {
            if (uris.Count == MaxNames)
            {
                throw new AsnContentException("too many names");
            }

            Asn1Tag tag = names.PeekTag();
            if (tag is { TagClass: TagClass.ContextSpecific, TagValue: (int)GeneralNameKind.Uri })
            {
                uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
            }
            else
            {
                names.ReadEncodedValue();
            }
        }

        return uris;
    }
}
