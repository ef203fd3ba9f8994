using System.Formats.Asn1;

namespace Culvert.Ca.Encoding;

/// <summary>
/// Times in the form of RFC 5280 §§4.1.2.5 and 5.1.2.4: UTCTime through 2049, GeneralizedTime from 2050, with seconds, in Z,
/// without fractions.
/// </summary>
internal static class DerTime
{
    public static void Write(AsnWriter writer, DateTimeOffset time)
    {
        if (time.Year < 2050)
        {
            writer.WriteUtcTime(time);
        }
        else
        {
            writer.WriteGeneralizedTime(time, omitFractionalSeconds: true);
        }
    }

    /// <summary>Returns false for a time in another form, and skips its value.</summary>
    /// <exception cref="AsnContentException">The value is not a time.</exception>
    public static bool TryRead(AsnReader reader, out DateTimeOffset time)
    {
        ReadOnlyMemory<byte> encoded = reader.PeekEncodedValue();
        Asn1Tag tag = reader.PeekTag();
        time = default;
        try
        {
            if (tag.HasSameClassAndValue(Asn1Tag.UtcTime))
            {
                // Two-digit years 50 to 99 are in the twentieth century.
                time = reader.ReadUtcTime(2049);
                return encoded.Length == "YYMMDDHHMMSSZ".Length + 2;
            }

            if (tag.HasSameClassAndValue(Asn1Tag.GeneralizedTime))
            {
                time = reader.ReadGeneralizedTime();
                return encoded.Length == "YYYYMMDDHHMMSSZ".Length + 2 && time.Year >= 2050;
            }
        }
        catch (AsnContentException)
        {
            reader.ReadEncodedValue();
            return false;
        }

        throw new AsnContentException("a time of another type");
    }

    public static bool IsNext(AsnReader reader) =>
        reader.HasData
        && (
            reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime)
            || reader.PeekTag().HasSameClassAndValue(Asn1Tag.GeneralizedTime)
        );
}
