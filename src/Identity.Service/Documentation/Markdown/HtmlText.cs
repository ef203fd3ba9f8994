using System.Text;

namespace Culvert.Identity.Service.Documentation.Markdown;

/// <summary>Text on its way into a page: nothing of it is ever markup.</summary>
internal static class HtmlText
{
    public static StringBuilder AppendEscaped(this StringBuilder html, ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            html.AppendEscaped(character);
        }

        return html;
    }

    public static StringBuilder AppendEscaped(this StringBuilder html, char character) =>
        character switch
        {
            '&' => html.Append("&amp;"),
            '<' => html.Append("&lt;"),
            '>' => html.Append("&gt;"),
            '"' => html.Append("&quot;"),
            '\'' => html.Append("&#39;"),
            _ => html.Append(character),
        };
}
