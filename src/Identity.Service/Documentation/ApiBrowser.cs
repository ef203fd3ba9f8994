using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Http;
using Scalar.AspNetCore;

namespace Culvert.Identity.Service.Documentation;

/// <summary>
/// The API browser (Scalar, whose script is embedded in this program). It sends no request to the API, has no credential
/// field, and loads nothing from other hosts. <c>/docs/api.md</c> has the same content without a script.
/// </summary>
internal sealed class ApiBrowser(DocumentPages pages)
{
    public const string Path = "/docs/api";

    public const string ScriptPath = "/docs/api.js";

    /// <summary>Keeps the console's session cookies out of the page's only request.</summary>
    private static readonly byte[] Script =
        "export default { customFetch: (input, init) => fetch(input, { ...init, credentials: 'omit' }) };\n"u8.ToArray();

    private const string NonceItem = "culvert.nonce";

    // Styles that Scalar 2.19.0 inserts without the nonce. A new version has other hashes: the browser test then lists the
    // refused styles.
    private const string StyleHashes =
        "'sha256-l/2OpPg0d+2VLTLgwjf5mQo2CYwHDEqdj5TjbfEyVJI=' 'sha256-T13Uev3xCax2N28XaoAE8DOzQZKvPp7ZQVAi1iRREjo='";

    // More lines than any example has.
    private const int MaxLines = 96;

    /// <summary>Style attributes with which Scalar measures the scroll bar and sets an example's number of lines.</summary>
    private static readonly string StyleAttributeHashes = string.Join(
        ' ',
        Enumerable
            .Range(1, MaxLines)
            .Select(lines =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--line-count: {lines}; --line-digits: {(lines < 10 ? 1 : 2)};"
                )
            )
            .Prepend("width:100%;height:40px")
            .Prepend("width:30px;height:30px;overflow-y:scroll;")
            .Select(style => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'")
    );

    public void Map(ApiHost host)
    {
        host.Map(DocumentationOperations.BrowserScript, (request, _) => new(SendScript(request)));
        host.Library(routes => routes.MapScalarApiReference(Path, Configure), PrepareAsync);
    }

    private static ApiAnswer SendScript(ApiRequest request)
    {
        ConsoleHeaders.Set(request.Http.Response);
        return ApiAnswer.Raw(Script, "text/javascript; charset=utf-8");
    }

    private static void Configure(ScalarOptions options, HttpContext http)
    {
        var nonce = (string)http.Items[NonceItem]!;
        options
            .WithTitle("API · Culvert")
            .WithNonce(nonce)
            .AddHeadContent($"<meta property=\"csp-nonce\" content=\"{nonce}\" />")
            .AddHeadContent("<meta name=\"color-scheme\" content=\"light dark\" />")
            .AddHeaderContent(
                "<noscript><p>This page needs JavaScript. <a href=\"/docs/api.md\">The list of operations</a> does not.</p>"
                    + "</noscript>"
            )
            .WithOpenApiRoutePattern(DocumentationRegistration.DescriptionPath)
            .WithJavaScriptConfiguration(ScriptPath)
            .WithFavicon(ConsoleAssets.IconPath)
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideDeveloperTools()
            // The documentation must not ask for a credential: requests are made on the command line.
            .HideTestRequestButton()
            .HideClientButton();
    }

    /// <summary>As strict as the console's policy, except for Scalar's own script and styles.</summary>
    private static string CreatePolicy(string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'nonce-{nonce}' {StyleHashes}; "
        + $"style-src-attr 'unsafe-hashes' {StyleAttributeHashes}; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private async ValueTask<bool> PrepareAsync(HttpContext http)
    {
        ConsoleHeaders.Set(http.Response);
        if (http.Request.RouteValues["documentName"] is not null)
        {
            // Only one document exists: any path below this one is unknown.
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            http.Response.ContentType = DocumentEndpoints.Html;
            await http.Response.Body.WriteAsync(pages.Missing.Html, http.RequestAborted);
            return false;
        }

        var nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
        http.Items[NonceItem] = nonce;
        http.Response.Headers.ContentSecurityPolicy = CreatePolicy(nonce);
        return true;
    }
}
