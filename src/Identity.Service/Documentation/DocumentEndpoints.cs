using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Documentation;

/// <summary>
/// The documentation of this very version, for everybody: it holds nothing of the installation. Limited per source like
/// every path without a credential (S31).
/// </summary>
internal sealed class DocumentEndpoints(DocumentPages pages)
{
    /// <summary>The description of the API, as the build put it in.</summary>
    private const string DescriptionResource = "openapi.json";

    /// <summary>Messages name pages as files of the sources: <c>docs/explain.md</c>.</summary>
    private const string SourceSuffix = ".md";

    private const string Html = "text/html; charset=utf-8";

    // Without the blanks that make it readable in the sources: anybody may ask for it.
    private readonly ReadOnlyMemory<byte> description = Encoding.UTF8.GetBytes(
        JsonNode.Parse(Read(DescriptionResource))!.ToJsonString()
    );

    public ApiAnswer Page(ApiRequest request)
    {
        var path = request.Route("path");
        if (path.EndsWith(SourceSuffix, StringComparison.Ordinal))
        {
            path = path[..^SourceSuffix.Length];
        }

        ConsoleHeaders.Set(request.Http.Response);
        if (pages.Find(path.Length == 0 ? DocumentPages.Index : path) is not { } page)
        {
            return ApiAnswer.Raw(pages.Missing.Html, Html, StatusCodes.Status404NotFound);
        }

        request.Http.Response.Headers.CacheControl = "public, max-age=300"; // an upgrade shows within minutes
        return ApiAnswer.Raw(page.Html, Html);
    }

    public ApiAnswer Description() => ApiAnswer.Raw(description, "application/json");

    private static byte[] Read(string name)
    {
        using var stream =
            typeof(DocumentEndpoints).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not part of this program.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
