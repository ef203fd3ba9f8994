using System.Net;
using Culvert.Platform.Events;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Upstreams;

internal static class ResponseHeaders
{
    // An answer without a length may last forever.
    public static bool IsStream(HttpResponseMessage response) =>
        response.Content.Headers.ContentLength is null || EventStream.IsIn(response);

    // A comment cannot be inserted into a body that is compressed or has a length.
    public static bool AcceptsComments(Exchange exchange, HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.OK
        && HasEvents(exchange, response)
        && response.Content.Headers.ContentLength is null;

    public static bool HasEvents(Exchange exchange, HttpResponseMessage response) =>
        EventStream.IsIn(response)
        && !response.Content.Headers.NonValidated.Contains("Content-Encoding")
        && !HttpMethods.IsHead(exchange.Request.Method);

    // MCP before 2025-03-26: the stream that a client opens with GET starts with the URL that the client posts to.
    public static bool MayNameEndpoint(Exchange exchange, HttpResponseMessage response) =>
        HttpMethods.IsGet(exchange.Request.Method) && AcceptsComments(exchange, response);

    public static bool TryCopyHead(Exchange exchange, HttpResponseMessage response)
    {
        var target = exchange.Response;
        target.StatusCode = (int)response.StatusCode;
        target.ReasonPhrase = response.ReasonPhrase;
        var headers = target.Headers;
        try
        {
            var connection = response.Headers.NonValidated.TryGetValues("Connection", out var nominated)
                ? ToStringValues(nominated)
                : StringValues.Empty;
            CopyResponseHeaders(response.Headers.NonValidated, headers, connection);
            CopyResponseHeaders(response.Content.Headers.NonValidated, headers, connection);
        }
        catch (InvalidOperationException)
        {
            return false; // a control character in a field value, which the agent's server refuses to send
        }

        // RFC 9110 §8.6: neither may carry Content-Length, but some servers send it.
        if (response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.ResetContent)
        {
            headers.ContentLength = null;
        }

        return true;
    }

    private static void CopyResponseHeaders(
        System.Net.Http.Headers.HttpHeadersNonValidated source,
        IHeaderDictionary target,
        StringValues connection
    )
    {
        foreach (var (name, values) in source)
        {
            if (HeaderRules.ForwardsResponse(name, connection))
            {
                // One line per value, as received: Set-Cookie and similar fields must not be joined.
                target[name] = ToStringValues(values);
            }
        }
    }

    private static StringValues ToStringValues(System.Net.Http.Headers.HeaderStringValues values) =>
        values.Count == 1 ? values.ToString() : values.ToArray();

    // Only HTTP/2 clients get trailers; HTTP/1.1 clients did not request them (RFC 9110 §6.5.1 permits dropping).
    public static void CopyTrailers(Exchange exchange, HttpResponseMessage response, bool passesCookies)
    {
        if (exchange.Trailers is not { } trailers)
        {
            return;
        }

        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            if (
                HeaderRules.ForwardsResponse(name, StringValues.Empty)
                && (passesCookies || !name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase))
            )
            {
                trailers.Trailers[name] = ToStringValues(values);
            }
        }
    }
}
