using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Culvert.Identity.Service.Documentation;

/// <summary>
/// Renders a documentation page from CommonMark with tables. Heading anchors are those that code forges make, so links work
/// there and here. HTML comments are removed, anchors (<c>&lt;a id="…"&gt;&lt;/a&gt;</c>) are kept, and all other HTML is
/// shown as text.
/// </summary>
/// <param name="Title">The text of the first heading; empty = there is none.</param>
/// <param name="Html">The content between the page's head and foot.</param>
internal sealed record MarkdownPage(string Title, string Html)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
        .Build();

    /// <param name="resolve">
    /// The target of a link; null = this service has no such page, so only the link's text is kept.
    /// </param>
    public static MarkdownPage Render(string text, Func<string, string?> resolve)
    {
        var document = Markdown.Parse(text, Pipeline);
        foreach (var code in document.Descendants<Table>().SelectMany(table => table.Descendants<CodeInline>()))
        {
            // In a table, a bar is escaped with a backslash, in code too, as on code forges.
            code.Content = code.Content.Replace("\\|", "|", StringComparison.Ordinal);
        }

        using var html = new StringWriter();
        var renderer = new HtmlRenderer(html);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<HtmlBlockRenderer>(new BlockAsText());
        renderer.ObjectRenderers.Replace<HtmlInlineRenderer>(new InlineAsText());
        renderer.ObjectRenderers.Replace<LinkInlineRenderer>(new ResolvedLink(resolve));
        renderer.ObjectRenderers.Replace<HtmlTableRenderer>(new ScrolledTable());
        renderer.Render(document);
        return new MarkdownPage(FindTitle(document), html.ToString());
    }

    private static string FindTitle(MarkdownDocument document)
    {
        using var title = new StringWriter();
        if (document.Descendants<HeadingBlock>().FirstOrDefault()?.Inline is { } heading)
        {
            new HtmlRenderer(title) { EnableHtmlForInline = false, EnableHtmlEscape = false }.Render(heading);
        }

        return title.ToString();
    }

    private sealed class BlockAsText : HtmlObjectRenderer<HtmlBlock>
    {
        protected override void Write(HtmlRenderer renderer, HtmlBlock obj)
        {
            if (obj.Type != HtmlBlockType.Comment)
            {
                renderer.Write("<p>");
                renderer.WriteLeafRawLines(obj, writeEndOfLines: false, escape: true);
                renderer.WriteLine("</p>");
            }
        }
    }

    private sealed class InlineAsText : HtmlObjectRenderer<HtmlInline>
    {
        private const string Begin = "<a id=\"";

        protected override void Write(HtmlRenderer renderer, HtmlInline obj)
        {
            if (
                obj.Tag.StartsWith(Begin, StringComparison.Ordinal) && obj.Tag.EndsWith("\">", StringComparison.Ordinal)
            )
            {
                renderer.Write("<span id=\"").WriteEscape(obj.Tag[Begin.Length..^2]).Write("\">");
            }
            else if (obj.Tag == "</a>")
            {
                renderer.Write("</span>");
            }
            else if (!obj.Tag.StartsWith("<!--", StringComparison.Ordinal))
            {
                renderer.WriteEscape(obj.Tag);
            }
        }
    }

    private sealed class ResolvedLink(Func<string, string?> resolve) : HtmlObjectRenderer<LinkInline>
    {
        protected override void Write(HtmlRenderer renderer, LinkInline obj)
        {
            // The pages have no images: the alternative text replaces them.
            var target = obj.IsImage ? null : resolve(obj.Url ?? "");
            if (target is not null)
            {
                renderer.Write("<a href=\"").WriteEscapeUrl(target).Write("\">");
            }

            renderer.WriteChildren(obj);
            if (target is not null)
            {
                renderer.Write("</a>");
            }
        }
    }

    private sealed class ScrolledTable : HtmlTableRenderer
    {
        protected override void Write(HtmlRenderer renderer, Table table)
        {
            foreach (var column in table.ColumnDefinitions)
            {
                // The alignment would become a style attribute, which the content security policy forbids.
                column.Alignment = null;
            }

            renderer.EnsureLine();
            renderer.WriteLine("<div class=\"scroll\">");
            base.Write(renderer, table);
            renderer.WriteLine("</div>");
        }
    }
}
