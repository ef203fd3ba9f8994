using System.Globalization;

namespace Culvert.Ca.Revocation;

/// <summary>
/// Entries in the usual form (RFC 5280 §5.1): a positive serial number, a UTCTime, and no extension or only the reason. A
/// list of a thousand entries is written once and parsed twice, a million revocations are a thousand lists, and the general
/// parser needs six allocations per entry. The general code handles all other forms.
/// </summary>
/// <remarks>
/// <code>
/// 30 LL                                       SEQUENCE
///    02 nn ss…                                serial number, 1 to 20 octets
///    17 0D YYMMDDHHMMSSZ                      revocation date
///    30 0C 30 0A 06 03 55 1D 15 04 03 0A 01 rr    reason; absent for unspecified
/// </code>
/// </remarks>
internal static class RevokedEntryCodec
{
    /// <summary>Limit of <see cref="TryWrite"/>.</summary>
    public const int MaxBytes = 2 + 2 + MaxSerial + TimeBytes + ReasonBytes;

    private const int MaxSerial = 21;
    private const int TimeBytes = 15;
    private const int ReasonBytes = 14;

    private static ReadOnlySpan<byte> ReasonPrefix =>
        [0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01];

    /// <summary>Reads the first entry; false = it has another form, or is missing.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> encoded, out RevokedEntry entry, out int length)
    {
        entry = default;
        length = 0;
        ReadOnlySpan<byte> text = encoded.Span;
        if (text.Length < 4 || text[0] != 0x30 || text[1] >= 0x80 || text.Length < 2 + text[1] || text[2] != 0x02)
        {
            return false;
        }

        int end = 2 + text[1];
        int serialEnd = 4 + text[3];
        if (text[3] is 0 or > MaxSerial || serialEnd + TimeBytes > end)
        {
            return false;
        }

        int serialStart = 4;
        if (text[4] == 0)
        {
            // X.690 §8.3.2: a leading zero marks a positive number, or is invalid. The general code handles zero itself.
            if (text[3] == 1 || text[5] < 0x80)
            {
                return false;
            }

            serialStart = 5;
        }
        else if (text[4] >= 0x80)
        {
            return false;
        }

        if (!TryReadTime(text.Slice(serialEnd, TimeBytes), out DateTimeOffset revokedAt))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[(serialEnd + TimeBytes)..end];
        var reason = RevocationReason.Unspecified;
        if (rest.Length > 0)
        {
            if (rest.Length != ReasonBytes || !rest.StartsWith(ReasonPrefix) || !RevocationReasons.IsKnown(rest[^1]))
            {
                return false;
            }

            reason = (RevocationReason)rest[^1];
        }

        entry = new RevokedEntry(encoded[serialStart..serialEnd], revokedAt, reason);
        length = end;
        return true;
    }

    /// <summary>Writes an entry; false = it needs the general writer.</summary>
    /// <param name="target">At least <see cref="MaxBytes"/>.</param>
    public static bool TryWrite(RevokedEntry entry, Span<byte> target, out int length)
    {
        length = 0;
        ReadOnlySpan<byte> serial = entry.Serial.Span;
        DateTimeOffset at = entry.RevokedAt;
        if (
            serial.Length is 0 or >= MaxSerial
            || serial[0] == 0
            || at.Offset != TimeSpan.Zero
            || at.Year is < 1950 or >= 2050
        )
        {
            return false;
        }

        int sign = serial[0] >= 0x80 ? 1 : 0;
        target[2] = 0x02;
        target[3] = (byte)(serial.Length + sign);
        target[4] = 0;
        serial.CopyTo(target[(4 + sign)..]);
        int next = 4 + sign + serial.Length;
        target[next] = 0x17;
        target[next + 1] = TimeBytes - 2;
        at.TryFormat(target[(next + 2)..], out _, "yyMMddHHmmss", CultureInfo.InvariantCulture);
        target[next + TimeBytes - 1] = (byte)'Z';
        next += TimeBytes;
        if (entry.Reason != RevocationReason.Unspecified)
        {
            ReasonPrefix.CopyTo(target[next..]);
            target[next + ReasonBytes - 1] = (byte)entry.Reason;
            next += ReasonBytes;
        }

        target[0] = 0x30;
        target[1] = (byte)(next - 2);
        length = next;
        return true;
    }

    private static bool TryReadTime(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text[0] != 0x17 || text[1] != TimeBytes - 2 || text[^1] != (byte)'Z')
        {
            return false;
        }

        Span<int> parts = stackalloc int[6];
        for (int i = 0; i < parts.Length; i++)
        {
            int tens = text[2 + (2 * i)] - '0';
            int ones = text[3 + (2 * i)] - '0';
            if ((uint)tens > 9 || (uint)ones > 9)
            {
                return false;
            }

            parts[i] = (10 * tens) + ones;
        }

        // Two-digit years 50 to 99 are in the twentieth century (RFC 5280 §4.1.2.5.1).
        int year = parts[0] + (parts[0] < 50 ? 2000 : 1900);
        if (
            parts[1] is < 1 or > 12
            || parts[2] < 1
            || parts[2] > DateTime.DaysInMonth(year, parts[1])
            || parts[3] > 23
            || parts[4] > 59
            || parts[5] > 59
        )
        {
            return false;
        }

        time = new DateTimeOffset(year, parts[1], parts[2], parts[3], parts[4], parts[5], TimeSpan.Zero);
        return true;
    }
}
