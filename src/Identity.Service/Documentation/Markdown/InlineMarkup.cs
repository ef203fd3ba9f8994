using System.Text;
using System.Text.RegularExpressions;

namespace Culvert.Identity.Service.Documentation.Markdown;

/// <summary>
/// Markup within a line: code, links, emphasis, anchors (<c>&lt;a id="…"&gt;&lt;/a&gt;</c>). Everything else, HTML too, is
/// text.
/// </summary>
/// <param name="resolve">Where a link leads; null = nowhere that this service knows, so that only its text stays.</param>
internal sealed partial class InlineMarkup(Func<string, string?> resolve)
{
    public string Render(string text)
    {
        var html = new StringBuilder(text.Length * 2);
        Append(html, text);
        return html.ToString();
    }

    /// <summary>What is read of it: for titles and anchors.</summary>
    public static string PlainText(string text) =>
        Link()
            .Replace(Anchor().Replace(text, ""), "$1")
            .Replace("`", "", StringComparison.Ordinal)
            .Replace("*", "", StringComparison.Ordinal)
            .Replace("\\", "", StringComparison.Ordinal)
            .Trim();

    private void Append(StringBuilder html, string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var taken = text[at] switch
            {
                '\\' => Escape(html, text, at),
                '`' => Code(html, text, at),
                '[' => LinkAt(html, text, at),
                '*' => Emphasis(html, text, at),
                '<' => AnchorAt(html, text, at),
                _ => 0,
            };
            if (taken == 0)
            {
                html.AppendEscaped(text[at]);
                taken = 1;
            }

            at += taken;
        }
    }

    private static int Escape(StringBuilder html, string text, int at)
    {
        if (at + 1 == text.Length || !char.IsPunctuation(text[at + 1]) && !char.IsSymbol(text[at + 1]))
        {
            return 0;
        }

        html.AppendEscaped(text[at + 1]);
        return 2;
    }

    private static int Code(StringBuilder html, string text, int at)
    {
        var fence = text.AsSpan(at).IndexOfAnyExcept('`') is var run && run > 0 ? run : text.Length - at;
        var marker = new string('`', fence);
        var end = text.IndexOf(marker, at + fence, StringComparison.Ordinal);
        if (end < 0)
        {
            return 0;
        }

        html.Append("<code>").AppendEscaped(text.AsSpan((at + fence)..end).Trim()).Append("</code>");
        return end + fence - at;
    }

    private int LinkAt(StringBuilder html, string text, int at)
    {
        if (Link().Match(text, at) is not { Success: true } link || link.Index != at)
        {
            return 0;
        }

        var target = resolve(link.Groups["target"].Value);
        if (target is not null)
        {
            html.Append("<a href=\"").AppendEscaped(target).Append("\">");
        }

        Append(html, link.Groups[1].Value);
        if (target is not null)
        {
            html.Append("</a>");
        }

        return link.Length;
    }

    private int Emphasis(StringBuilder html, string text, int at)
    {
        var (marker, element) = text.AsSpan(at).StartsWith("**") ? ("**", "strong") : ("*", "em");
        var begin = at + marker.Length;
        var end = begin < text.Length && text[begin] != ' ' ? Closing(text, begin, marker) : -1;
        if (end <= begin)
        {
            return 0;
        }

        html.Append('<').Append(element).Append('>');
        Append(html, text[begin..end]);
        html.Append("</").Append(element).Append('>');
        return end + marker.Length - at;
    }

    // The first marker outside code.
    private static int Closing(string text, int begin, string marker)
    {
        var isCode = false;
        for (var i = begin; i <= text.Length - marker.Length; i++)
        {
            isCode ^= text[i] == '`';
            if (!isCode && string.CompareOrdinal(text, i, marker, 0, marker.Length) == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private static int AnchorAt(StringBuilder html, string text, int at)
    {
        if (Anchor().Match(text, at) is not { Success: true } anchor || anchor.Index != at)
        {
            return 0;
        }

        html.Append("<span id=\"").AppendEscaped(anchor.Groups["id"].Value).Append("\"></span>");
        return anchor.Length;
    }

    [GeneratedRegex(@"\[((?:[^\[\]]|\[[^\[\]]*\])+)\]\((?<target>[^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("<a id=\"(?<id>[A-Za-z0-9_.-]+)\"></a>")]
    private static partial Regex Anchor();
}
