using System.Buffers.Text;

namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// Reads an id that should repeat a number. Servers write it as text (<c>"1"</c>) or as <c>1.0</c> too; clients take these
/// for the number, and no other request can be meant.
/// </summary>
internal static class MessageId
{
    // RFC 8259 §6: beyond it two numbers can be one.
    private const double MaxExactInteger = 1L << 53;

    /// <summary>The whole number that a raw id stands for.</summary>
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

    /// <summary>Whether an id stands for the number that a request has as its id; the request's is not text.</summary>
    /// <param name="id">Of the response, as it was written.</param>
    /// <param name="requested">Of the request, as it was written.</param>
    public static bool StandsFor(ReadOnlySpan<byte> id, ReadOnlySpan<byte> requested) =>
        requested is not [(byte)'"', ..]
        && TryReadNumber(requested, out var wanted)
        && TryReadNumber(id, out var number)
        && number == wanted;
}
