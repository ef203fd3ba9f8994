namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// Lets pages of any origin read an answer: clients in browsers need metadata and tokens, and send no cookie. Never for pages
/// where a person signs in or consents.
/// </summary>
internal static class CrossOrigin
{
    public static void Allow(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "DPoP-Nonce, Retry-After, WWW-Authenticate";
    }

    /// <summary>The answer to a preflight request (Fetch §4.8).</summary>
    public static Task AnswerAsync(HttpContext http)
    {
        Allow(http);
        var headers = http.Response.Headers;
        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = "Content-Type, DPoP, MCP-Protocol-Version";
        headers.AccessControlMaxAge = "600";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
