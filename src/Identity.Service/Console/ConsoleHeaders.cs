namespace Culvert.Identity.Service.Console;

/// <summary>
/// What every answer of the console tells the browser: take nothing from elsewhere, run nothing, do not let any site
/// frame the page.
/// </summary>
internal static class ConsoleHeaders
{
    /// <summary>No script at all: the console needs none. Styles and pictures only as files of the console.</summary>
    public const string Policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void Set(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
    }
}
