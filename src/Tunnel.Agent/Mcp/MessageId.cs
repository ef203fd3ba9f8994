using System.Buffers.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// Reads an id that should repeat a number. Some servers write it as a string (<c>"1"</c>) or as <c>1.0</c>; clients
/// accept these as the number, and they cannot identify another request.
/// </summary>
internal static class MessageId
{
    // RFC 8259 §6: beyond it two numbers may have the same double.
    private const double MaxExactInteger = 1L << 53;

    /// <summary>Returns the integer that a raw id represents.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> id, out long number)
    {
        var text = id is [(byte)'"', .., (byte)'"'] ? id[1..^1] : id;
        if (Utf8Parser.TryParse(text, out number, out var used) && used == text.Length)
        {
            return true;
        }

        var isWhole =
            Utf8Parser.TryParse(text, out double value, out used)
            && used == text.Length
            && Math.Abs(value) < MaxExactInteger
            && Math.Truncate(value) == value;
        number = isWhole ? (long)value : 0;
        return isWhole;
    }

    /// <summary>Whether an answer's id is the request's: the same number, or the same text with any escapes.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> id, ReadOnlySpan<byte> requested) =>
        id.SequenceEqual(requested)
        || StandsFor(id, requested)
        || (IsText(id) && IsText(requested) && HaveSameText(id, requested));

    private static bool IsText(ReadOnlySpan<byte> id) => id is [(byte)'"', .., (byte)'"'];

    private static bool HaveSameText(ReadOnlySpan<byte> id, ReadOnlySpan<byte> requested)
    {
        var one = new Utf8JsonReader(id);
        var other = new Utf8JsonReader(requested);
        return one.Read()
            && other.Read()
            && string.Equals(one.GetString(), other.GetString(), StringComparison.Ordinal);
    }

    /// <summary>Whether an id represents the number in the request's id, which itself is not a string.</summary>
    public static bool StandsFor(ReadOnlySpan<byte> id, ReadOnlySpan<byte> requested) =>
        requested is not [(byte)'"', ..]
        && TryReadNumber(requested, out var wanted)
        && TryReadNumber(id, out var number)
        && number == wanted;
}
