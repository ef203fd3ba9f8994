using System.Formats.Asn1;

namespace Culvert.Ca.Certificates;

/// <summary>RFC 5280 §4.2.1.9. A null path length means no limit.</summary>
public sealed record BasicConstraints(bool Critical, bool IsAuthority, int? PathLength)
{
    internal static BasicConstraints Read(bool critical, AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        bool isAuthority = false;
        int? pathLength = null;
        if (sequence.HasData && sequence.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
        {
            isAuthority = sequence.ReadBoolean();
        }

        if (sequence.HasData)
        {
            if (!sequence.TryReadInt32(out int value) || value < 0)
            {
                throw new AsnContentException("a path length out of range");
            }

            pathLength = value;
        }

        sequence.ThrowIfNotEmpty();
        return new BasicConstraints(critical, isAuthority, pathLength);
    }
}
