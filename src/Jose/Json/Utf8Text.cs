namespace Culvert.Jose.Json;

/// <summary>
/// UTF-8 text that may start with a byte-order mark (U+FEFF), as Windows programs write it. JSON (RFC 8259 §8.1), YAML
/// (1.2 §5.2) and event streams (HTML Standard §9.2.6) let a reader skip it.
/// </summary>
/// <remarks>Tokens are read without this class: a mark inside a token is an error.</remarks>
public static class Utf8Text
{
    public static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Returns the offset at which the text begins: after the mark, or 0 if there is no mark.</summary>
    public static int FindStart(ReadOnlySpan<byte> octets) => octets.StartsWith(Mark) ? Mark.Length : 0;

    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> octets) => octets[FindStart(octets.Span)..];
}
