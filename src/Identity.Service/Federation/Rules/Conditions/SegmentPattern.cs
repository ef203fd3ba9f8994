using System.Text;

namespace Culvert.Identity.Service.Federation.Rules.Conditions;

/// <summary>
/// A pattern over a text's segments, which end at <c>:</c>, <c>/</c> and <c>@</c>. <c>*</c> matches exactly one segment
/// of at least one character and so never crosses a delimiter. The pattern matches the whole text: every delimiter is
/// where the pattern has it. A branch named <c>main:environment:prod</c> does not match as an environment.
/// </summary>
internal sealed class SegmentPattern
{
    private const string Delimiters = ":/@";
    private static readonly byte[] DelimiterBytes = Encoding.ASCII.GetBytes(Delimiters);

    // For each segment its literal text, or null for *. The delimiters are between them.
    private readonly byte[]?[] segments;
    private readonly byte[] delimiters;

    private SegmentPattern(string text, byte[]?[] segments, byte[] delimiters)
    {
        Text = text;
        this.segments = segments;
        this.delimiters = delimiters;
    }

    public string Text { get; }

    /// <summary>The pattern, or the sentence that describes the error.</summary>
    public static bool TryParse(string text, out SegmentPattern pattern, out string error)
    {
        pattern = null!;
        error = "";
        var segments = new List<byte[]?>();
        var delimiters = new List<byte>();
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && !Delimiters.Contains(text[i], StringComparison.Ordinal))
            {
                continue;
            }

            var segment = text[start..i];
            if (segment != "*" && segment.Contains('*', StringComparison.Ordinal))
            {
                error =
                    $"* matches a whole segment between : / @, so {segment} is not valid; match part of a segment with prefix.";
                return false;
            }

            segments.Add(segment == "*" ? null : Encoding.UTF8.GetBytes(segment));
            if (i < text.Length)
            {
                delimiters.Add((byte)text[i]);
            }

            start = i + 1;
        }

        if (segments.TrueForAll(segment => segment is null or { Length: 0 }))
        {
            error = "at least one segment must be spelled out.";
            return false;
        }

        pattern = new SegmentPattern(text, [.. segments], [.. delimiters]);
        return true;
    }

    public bool Matches(ReadOnlySpan<byte> utf8)
    {
        for (var i = 0; i < segments.Length; i++)
        {
            var end = utf8.IndexOfAny(DelimiterBytes);
            var isLast = i == segments.Length - 1;
            if (isLast != (end < 0))
            {
                return false;
            }

            var segment = isLast ? utf8 : utf8[..end];
            if (segments[i] is { } literal ? !segment.SequenceEqual(literal) : segment.IsEmpty)
            {
                return false;
            }

            if (!isLast)
            {
                if (utf8[end] != delimiters[i])
                {
                    return false;
                }

                utf8 = utf8[(end + 1)..];
            }
        }

        return true;
    }
}
