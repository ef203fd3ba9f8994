using Culvert.Tunnel.Agent.Requests;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// Lets pages of a route's <c>allowed_origins</c> use it (Fetch Standard §3.2). A preflight is answered here: it carries
/// no token by design and asks for nothing but leave, so the upstream never sees it and what follows it passes the gate
/// like every request. Cookies are never allowed along.
/// </summary>
internal static class CrossOrigin
{
    private const string RequestMethod = "Access-Control-Request-Method";
    private const string RequestHeaders = "Access-Control-Request-Headers";

    // Browsers ask for a handful of names.
    private const int MaxHeadersChars = 4096;

    private const string Lifetime = "600";

    // What an upstream says of origins concerns those it knows; it is not told of this one.
    private static readonly string[] Answers =
    [
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers",
        "Access-Control-Expose-Headers",
        "Access-Control-Max-Age",
    ];

    /// <summary>
    /// True for a request that is nothing but a preflight. Any other OPTIONS is a request like all others (A4).
    /// </summary>
    public static bool IsPreflight(Exchange exchange)
    {
        var request = exchange.Request;
        return HttpMethods.IsOptions(request.Method)
            && request.Headers.Origin.Count == 1
            && request.Headers[RequestMethod] is { Count: 1 } method
            && IsToken(method.ToString())
            && request.Headers.Authorization.Count == 0
            && RequestTarget.TryGetOriginForm(request.RawTarget, out var target)
            && !Authorization.QueryToken.IsIn(target);
    }

    /// <summary>Answers a preflight of an origin that is allowed.</summary>
    public static void AnswerPreflight(Exchange exchange)
    {
        var headers = exchange.Response.Headers;
        exchange.Response.StatusCode = StatusCodes.Status204NoContent;
        headers.AccessControlAllowOrigin = exchange.Request.Headers.Origin;
        headers.AccessControlAllowMethods = "GET, POST, DELETE";
        headers.AccessControlMaxAge = Lifetime;
        headers.Vary = "Origin, " + RequestHeaders;
        headers.CacheControl = "no-store";

        // Named one by one: an asterisk would not cover Authorization.
        var asked = exchange.Request.Headers[RequestHeaders];
        if (asked.Count == 1 && IsListOfTokens(asked.ToString()))
        {
            headers.AccessControlAllowHeaders = asked;
        }
    }

    /// <summary>That page may read every answer, including refusals of the agent.</summary>
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
