using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Documentation;

/// <summary>
/// The documentation of the running version. It contains no data of the installation, so any client may read it; requests
/// are limited per source, like every path without a credential (S31).
/// </summary>
internal sealed class DocumentEndpoints(DocumentPages pages, ApiDocument description)
{
    /// <summary>Messages refer to pages by their source file, such as <c>docs/explain.md</c>.</summary>
    private const string SourceSuffix = ".md";

    public const string Html = "text/html; charset=utf-8";

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

        request.Http.Response.Headers.CacheControl = "public, max-age=300"; // clients see an upgrade within minutes
        return ApiAnswer.Raw(page.Html, Html);
    }

    public async ValueTask<ApiAnswer> DescriptionAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ApiAnswer.Raw(await description.JsonAsync().WaitAsync(cancellationToken), "application/json");
}
