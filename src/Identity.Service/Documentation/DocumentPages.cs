using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Culvert.Identity.Service.Console;

namespace Culvert.Identity.Service.Documentation;

/// <summary>
/// The documentation pages embedded in this program. Each page is rendered at its first request and then cached; their
/// number is fixed.
/// </summary>
internal sealed class DocumentPages
{
    public const string Index = "index";

    private const string Prefix = "docs/";
    private const string Ending = ".md";

    private readonly IReadOnlyDictionary<string, string> resources = typeof(DocumentPages)
        .Assembly.GetManifestResourceNames()
        .Where(name =>
            name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal)
        )
        .ToDictionary(name => name[Prefix.Length..^Ending.Length], StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, DocumentPage> rendered = new(StringComparer.Ordinal);

    public IEnumerable<string> Paths => resources.Keys;

    public DocumentPage Missing { get; } =
        new(
            "",
            "Page not found",
            Layout(
                "Page not found",
                "<h1>Page not found</h1>\n<p>The <a href=\"/docs/\">index</a> lists all pages of this version.</p>\n"
            )
        );

    /// <param name="asked">With or without the file ending: messages and pages use both forms.</param>
    public DocumentPage? Find(string asked)
    {
        var path = asked.EndsWith(Ending, StringComparison.Ordinal) ? asked[..^Ending.Length] : asked;
        return resources.TryGetValue(path, out var resource)
            ? rendered.GetOrAdd(
                path,
                static (path, state) => state.Pages.Render(path, state.Resource),
                (Pages: this, Resource: resource)
            )
            : null;
    }

    /// <summary>Resolves a link to another page or a web address; null for a file that exists only in the sources.</summary>
    private string? Resolve(string page, string target)
    {
        if (target.StartsWith("https://", StringComparison.Ordinal) || target.StartsWith('#'))
        {
            return target;
        }

        var hash = target.IndexOf('#', StringComparison.Ordinal);
        var (file, anchor) = hash < 0 ? (target, "") : (target[..hash], target[hash..]);
        // The host is a placeholder: only the path is resolved.
        var path = new Uri(new Uri($"https://docs/{page}"), file).AbsolutePath[1..];
        return path.EndsWith(Ending, StringComparison.Ordinal) && resources.ContainsKey(path[..^Ending.Length])
            ? $"/docs/{path[..^Ending.Length]}{anchor}"
            : null;
    }

    private DocumentPage Render(string path, string resource)
    {
        using var stream = typeof(DocumentPages).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var page = MarkdownPage.Render(reader.ReadToEnd(), target => Resolve(path, target));
        return new DocumentPage(path, page.Title, Layout(page.Title, page.Html));
    }

    private static byte[] Layout(string title, string content)
    {
        var html = new StringBuilder(content.Length + 1024)
            .Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n")
            .Append("<meta name=\"color-scheme\" content=\"light dark\" />\n<title>")
            .Append(WebUtility.HtmlEncode(title))
            .Append(" · Culvert</title>\n<link rel=\"stylesheet\" href=\"")
            .Append(ConsoleAssets.StylesPath)
            .Append("\" />\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"")
            .Append(ConsoleAssets.IconPath)
            .Append("\" />\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to content</a>\n")
            .Append("<header class=\"top\"><a class=\"brand\" href=\"/docs/\">Culvert: documentation</a>")
            .Append("<nav class=\"who\" aria-label=\"Elsewhere\"><a href=\"/docs/cli\">Commands</a>")
            .Append("<a href=\"/docs/api\">API</a><a href=\"/docs/errors\">Error codes</a>")
            .Append("<a href=\"/console\">Console</a></nav></header>\n")
            .Append("<div class=\"frame bare\"><main id=\"main\" class=\"document\" tabindex=\"-1\">\n")
            .Append(content)
            .Append("</main></div>\n</body>\n</html>\n");
        return Encoding.UTF8.GetBytes(html.ToString());
    }
}
