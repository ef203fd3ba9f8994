using Culvert.Tunnel.Agent.Requests;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// Lets pages of a route's <c>allowed_origins</c> use the route (Fetch Standard §3.2). The agent itself answers
/// preflights, which by design carry no token; the actual request passes the gate like any other. Cookies are never
/// allowed.
/// </summary>
internal static class CrossOrigin
{
    private const string RequestMethod = "Access-Control-Request-Method";
    private const string RequestHeaders = "Access-Control-Request-Headers";

    // Browsers send only a few names.
    private const int MaxHeadersChars = 4096;

    private const string Lifetime = "600";

    // An upstream's CORS headers describe the origins that it knows; it does not see this origin.
    private static readonly string[] Answers =
    [
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers",
        "Access-Control-Expose-Headers",
        "Access-Control-Max-Age",
    ];

    /// <summary>True for a valid preflight. Any other OPTIONS request is handled like all requests (A4).</summary>
    public static bool IsPreflight(Exchange exchange)
    {
        var request = exchange.Request;
        return HttpMethods.IsOptions(request.Method)
            && request.Headers.Origin.Count == 1
            && request.Headers[RequestMethod] is { Count: 1 } method
            && IsToken(method.ToString())
            && request.Headers.Authorization.Count == 0
            && exchange.Target is { } target
            && !Authorization.QueryToken.IsIn(target);
    }

    public static void AnswerPreflight(Exchange exchange)
    {
        var headers = exchange.Response.Headers;
        exchange.Response.StatusCode = StatusCodes.Status204NoContent;
        headers.AccessControlAllowOrigin = exchange.Request.Headers.Origin;
        headers.AccessControlAllowMethods = "GET, POST, DELETE";
        headers.AccessControlMaxAge = Lifetime;
        headers.Vary = "Origin, " + RequestHeaders;
        headers.CacheControl = "no-store";

        // The names are listed: an asterisk would not cover Authorization.
        var asked = exchange.Request.Headers[RequestHeaders];
        if (asked.Count == 1 && IsListOfTokens(asked.ToString()))
        {
            headers.AccessControlAllowHeaders = asked;
        }
    }

    /// <summary>Lets the page read every answer, including refusals of the agent.</summary>
    public static void AllowReading(Exchange exchange)
    {
        var origin = exchange.Request.Headers.Origin;
        var response = exchange.Response;
        response.OnStarting(
            _ =>
            {
                foreach (var name in Answers)
                {
                    response.Headers.Remove(name);
                }

                response.Headers.AccessControlAllowOrigin = origin;
                response.Headers.AccessControlExposeHeaders = "*";
                response.Headers.Vary = StringValues.Concat(response.Headers.Vary, "Origin");
                return Task.CompletedTask;
            },
            exchange
        );
    }

    private static bool IsListOfTokens(string text)
    {
        if (text.Length > MaxHeadersChars)
        {
            return false;
        }

        foreach (var part in text.AsSpan().Split(','))
        {
            if (!IsToken(text.AsSpan(part).Trim(" \t")))
            {
                return false;
            }
        }

        return true;
    }

    // RFC 9110 §5.6.2
    private static bool IsToken(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
