namespace Culvert.Jose.Json;

/// <summary>
/// UTF-8 text that may start with a byte-order mark (U+FEFF), as editors and programs of Windows write it. The mark does not
/// belong to the text: JSON (RFC 8259 §8.1), YAML (1.2 §5.2) and event streams (HTML Standard §9.2.6) let a reader skip it.
/// </summary>
/// <remarks>Tokens have no mark: their parts are not texts of their own.</remarks>
public static class Utf8Text
{
    /// <summary>The octets of the mark.</summary>
    public static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Where the text begins: behind the mark, if there is one.</summary>
    public static int FindStart(ReadOnlySpan<byte> octets) => octets.StartsWith(Mark) ? Mark.Length : 0;

    /// <summary>The text without the mark.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> octets) => octets[FindStart(octets.Span)..];
}
