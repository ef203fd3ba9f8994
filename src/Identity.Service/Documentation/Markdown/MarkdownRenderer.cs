using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Culvert.Identity.Service.Documentation.Markdown;

/// <summary>
/// The subset of Markdown that our own pages are written in: headings, paragraphs, lists, tables, fenced code, comments.
/// The pages are part of the program, so that what is not understood is a defect of a page: it is shown as text.
/// </summary>
internal sealed partial class MarkdownRenderer
{
    private const string Fence = "```";

    private readonly StringBuilder html = new();
    private readonly HeadingAnchors anchors = new();
    private readonly InlineMarkup inline;

    private MarkdownRenderer(Func<string, string?> resolve) => inline = new InlineMarkup(resolve);

    /// <summary>The text of the first heading; empty = there is none.</summary>
    public string Title { get; private set; } = "";

    public string Html => html.ToString();

    public static MarkdownRenderer Render(string text, Func<string, string?> resolve)
    {
        var renderer = new MarkdownRenderer(resolve);
        renderer.Blocks(text.ReplaceLineEndings("\n").Split('\n'));
        return renderer;
    }

    private void Blocks(ReadOnlySpan<string> lines, bool isTight = false)
    {
        for (var at = 0; at < lines.Length; )
        {
            var rest = lines[at..];
            at += rest[0] switch
            {
                var line when string.IsNullOrWhiteSpace(line) => 1,
                var line when line.StartsWith("<!--", StringComparison.Ordinal) => Comment(rest),
                var line when line.TrimStart().StartsWith(Fence, StringComparison.Ordinal) => Code(rest),
                var line when Heading().Match(line) is { Success: true } heading => HeadingOf(heading),
                var line when IsTable(rest) => Table(rest),
                var line when Item().IsMatch(line) => List(rest),
                _ => Paragraph(rest, isTight),
            };
        }
    }

    private static int Comment(ReadOnlySpan<string> lines)
    {
        var end = 0;
        while (end < lines.Length - 1 && !lines[end].Contains("-->", StringComparison.Ordinal))
        {
            end++;
        }

        return end + 1;
    }

    private int Code(ReadOnlySpan<string> lines)
    {
        var end = 1;
        var indent = lines[0].Length - lines[0].TrimStart().Length;
        html.Append("<pre><code>");
        for (; end < lines.Length && !lines[end].TrimStart().StartsWith(Fence, StringComparison.Ordinal); end++)
        {
            html.AppendEscaped(Outdent(lines[end], indent)).Append('\n');
        }

        html.Append("</code></pre>\n");
        return Math.Min(end + 1, lines.Length);
    }

    private int HeadingOf(Match heading)
    {
        var (level, text) = (heading.Groups["level"].Length, heading.Groups["text"].Value);
        var plain = InlineMarkup.PlainText(text);
        Title = Title.Length == 0 ? plain : Title;
        html.Append(CultureInfo.InvariantCulture, $"<h{level} id=\"").AppendEscaped(anchors.Next(plain)).Append("\">");
        html.Append(inline.Render(text)).Append(CultureInfo.InvariantCulture, $"</h{level}>\n");
        return 1;
    }

    private static bool IsTable(ReadOnlySpan<string> lines) =>
        lines.Length > 1 && lines[0].StartsWith('|') && Divider().IsMatch(lines[1]);

    private int Table(ReadOnlySpan<string> lines)
    {
        html.Append("<div class=\"scroll\"><table>\n<thead>");
        Row(lines[0], "th");
        html.Append("</thead>\n<tbody>\n");
        var end = 2;
        for (; end < lines.Length && lines[end].StartsWith('|'); end++)
        {
            Row(lines[end], "td");
        }

        html.Append("</tbody>\n</table></div>\n");
        return end;
    }

    private void Row(string line, string cell)
    {
        html.Append("<tr>");
        foreach (var text in Cells(line))
        {
            html.Append('<').Append(cell).Append('>').Append(inline.Render(text.Trim()));
            html.Append("</").Append(cell).Append('>');
        }

        html.Append("</tr>\n");
    }

    // A bar in code counts unless it is escaped, as on the forges.
    private static IEnumerable<string> Cells(string line) =>
        Bar()
            .Split(line.Trim().TrimStart('|').TrimEnd('|'))
            .Select(text => text.Replace("\\|", "|", StringComparison.Ordinal));

    private int List(ReadOnlySpan<string> lines)
    {
        var first = Item().Match(lines[0]);
        var isOrdered = char.IsAsciiDigit(first.Groups["marker"].Value[0]);
        var at = 0;
        html.Append(isOrdered ? "<ol>\n" : "<ul>\n");
        while (at < lines.Length && Item().Match(lines[at]) is { Success: true } item && IsSame(item))
        {
            var length = ItemLength(lines[at..], item.Length);
            List<string> content = [lines[at][item.Length..]];
            foreach (var line in lines[(at + 1)..(at + length)])
            {
                content.Add(Outdent(line, item.Length));
            }

            while (content.Count > 1 && content[^1].Length == 0)
            {
                content.RemoveAt(content.Count - 1);
            }

            html.Append("<li>");
            Blocks([.. content], isTight: !content.Contains(""));
            html.Append("</li>\n");
            at += length;
        }

        html.Append(isOrdered ? "</ol>\n" : "</ul>\n");
        return at;

        bool IsSame(Match item) =>
            item.Groups["indent"].Length == first.Groups["indent"].Length
            && char.IsAsciiDigit(item.Groups["marker"].Value[0]) == isOrdered;
    }

    // What is indented as far as its text belongs to an item, blank lines between included, and text that goes on lazily.
    private static int ItemLength(ReadOnlySpan<string> lines, int indent)
    {
        var end = 1;
        var wasBlank = false;
        for (var i = 1; i < lines.Length; i++)
        {
            var line = lines[i];
            if (string.IsNullOrWhiteSpace(line))
            {
                wasBlank = true;
                continue;
            }

            var isInside = line.Length - line.TrimStart().Length >= indent;
            if (!isInside && (wasBlank || BeginsBlock(line)))
            {
                break;
            }

            (end, wasBlank) = (i + 1, false);
        }

        // The blank lines behind it, so that the next item of the list is found.
        while (end < lines.Length && string.IsNullOrWhiteSpace(lines[end]))
        {
            end++;
        }

        return end;
    }

    private int Paragraph(ReadOnlySpan<string> lines, bool isTight)
    {
        var end = 1;
        while (end < lines.Length && !string.IsNullOrWhiteSpace(lines[end]) && !BeginsBlock(lines[end]))
        {
            end++;
        }

        var text = string.Join('\n', lines[..end].ToArray().Select(line => line.Trim()));
        html.Append(isTight ? "" : "<p>").Append(inline.Render(text)).Append(isTight ? "\n" : "</p>\n");
        return end;
    }

    private static bool BeginsBlock(string line) =>
        line.TrimStart().StartsWith(Fence, StringComparison.Ordinal)
        || line.StartsWith('|')
        || Heading().IsMatch(line)
        || Item().IsMatch(line);

    private static string Outdent(string line, int indent) =>
        line[Math.Min(indent, line.Length - line.TrimStart().Length)..];

    [GeneratedRegex(@"^(?<level>#{1,6})\s+(?<text>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\|[\s:|-]+\|?\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Divider();

    [GeneratedRegex(@"(?<!\\)\|", RegexOptions.ExplicitCapture)]
    private static partial Regex Bar();

    [GeneratedRegex(@"^(?<indent>\s*)(?<marker>-|\d{1,3}\.)\s+", RegexOptions.ExplicitCapture)]
    private static partial Regex Item();
}
