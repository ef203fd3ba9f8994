using System.Buffers;
using System.Text;

namespace Culvert.Tunnel.Agent.Policy.Answers.Masks;

/// <summary>
/// Email addresses (RFC 5322 §3.4.1 without quoted forms; RFC 6531 permits all of Unicode): a local part, <c>@</c> and
/// a domain of two or more labels, one of which after the first is a word. <c>package@1.2.3</c> is not an address.
/// </summary>
internal static class EmailText
{
    // RFC 5322 §3.2.3, atext, without letters and digits.
    private static readonly SearchValues<char> Marks = SearchValues.Create("!#$%&'*+-/=?^_`{|}~.");

    public static bool IsWhole(string value)
    {
        var at = value.IndexOf('@', StringComparison.Ordinal);
        return at > 0
            && FindLocal(value, at) == 0
            && FindDomainEnd(value, at) == value.Length
            && IsDomain(value.AsSpan(at + 1));
    }

    /// <param name="address">An address that <see cref="IsWhole"/> accepts.</param>
    public static string Mask(string address)
    {
        var at = address.IndexOf('@', StringComparison.Ordinal);
        return MaskLocal(address.AsSpan(0, at)) + address[at..];
    }

    /// <summary>Masks the local part of each address in a text.</summary>
    public static string MaskAll(string text, ref int count)
    {
        StringBuilder? output = null;
        var copied = 0;
        for (var at = text.IndexOf('@'); at >= 0; at = text.IndexOf('@', at + 1))
        {
            // Neither side of an address has an @, so that no character is read for more than two of them.
            var local = FindLocal(text, at);
            if (local < at && IsDomain(text.AsSpan(at + 1, FindDomainEnd(text, at) - at - 1)))
            {
                output ??= new StringBuilder(text.Length);
                output.Append(text, copied, local - copied).Append(MaskLocal(text.AsSpan(local, at - local)));
                copied = at;
                count++;
            }
        }

        return output is null ? text : output.Append(text, copied, text.Length - copied).ToString();
    }

    // Punctuation before the first letter or digit belongs to the text around the address.
    private static int FindLocal(ReadOnlySpan<char> text, int at)
    {
        var start = at;
        var first = at;
        while (start > 0 && IsLocal(text[start - 1]))
        {
            start--;
            first = Marks.Contains(text[start]) ? first : start;
        }

        return first;
    }

    private static string MaskLocal(ReadOnlySpan<char> local)
    {
        Rune.DecodeFromUtf16(local, out _, out var length);
        return $"{local[..length]}{MaskForms.Hidden}";
    }

    private static int FindDomainEnd(ReadOnlySpan<char> text, int at)
    {
        var end = at + 1;
        while (end < text.Length && (IsWord(text[end]) || text[end] is '-' or '.'))
        {
            end++;
        }

        return end;
    }

    // A text may continue with a dot, a dash or a number, so the last label is not always that of the domain.
    private static bool IsDomain(ReadOnlySpan<char> run)
    {
        var isFirst = true;
        foreach (var range in run.Split('.'))
        {
            var label = run[range];
            if (label.IsEmpty)
            {
                return false;
            }

            if (!isFirst && IsTopLabel(label))
            {
                return true;
            }

            isFirst = false;
        }

        return false;
    }

    private static bool IsTopLabel(ReadOnlySpan<char> label)
    {
        if (label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var end = label.IndexOf('-');
        var word = end < 0 ? label : label[..end];
        return word.Length >= 2 && !word.ContainsAnyInRange('0', '9');
    }

    private static bool IsLocal(char c) => IsWord(c) || Marks.Contains(c);

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c);
}
