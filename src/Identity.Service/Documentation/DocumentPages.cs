using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Culvert.Identity.Service.Console;

namespace Culvert.Identity.Service.Documentation;

/// <summary>
/// The pages of the documentation, as they were when this program was built. Each is rendered when it is first
/// requested, and kept: there are no more of them than the program has.
/// </summary>
internal sealed class DocumentPages
{
    /// <summary>What <c>/docs/</c> itself shows.</summary>
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

    /// <summary>Every page's path.</summary>
    public IEnumerable<string> Paths => resources.Keys;

    /// <summary>What a reader gets under an address that no page has.</summary>
    public DocumentPage Missing { get; } =
        new(
            "",
            "Page not found",
            Layout(
                "Page not found",
                "<h1>Page not found</h1>\n<p>The <a href=\"/docs/\">index</a> lists all pages of this version.</p>\n"
            )
        );

    /// <param name="asked">With the ending of the file or without: both are written in messages and pages.</param>
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

    /// <summary>Where a link of a page leads: to another page, out on the web, or (null) to a file that only the sources have.</summary>
    private string? Resolve(string page, string target)
    {
        if (target.StartsWith("https://", StringComparison.Ordinal) || target.StartsWith('#'))
        {
            return target;
        }

        var hash = target.IndexOf('#', StringComparison.Ordinal);
        var (file, anchor) = hash < 0 ? (target, "") : (target[..hash], target[hash..]);
        // Only to take away what goes up and down in a path; the host means nothing.
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
