using System.Diagnostics;
using Culvert.Platform.Telemetry;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// The service's part of a caller's trace: one span per API request. It contains the route template, never the path, and no
/// request data.
/// </summary>
internal static class RequestSpan
{
    public const string SourceName = "Culvert.Identity.Service";

    /// <summary>Starts a span under the trace of the request's headers; null if there is no listener.</summary>
    public static Activity? Begin(Traces? traces, HttpContext http)
    {
        if (traces is null || !traces.Source.HasListeners())
        {
            return null;
        }

        var headers = http.Request.Headers;
        var parent = TraceContext.Read(headers[TraceContext.ParentHeader], headers[TraceContext.StateHeader]);
        return traces.Source.StartActivity("request", ActivityKind.Server, parent);
    }

    public static void End(Activity span, HttpContext http, string requestId)
    {
        var status = http.Response.StatusCode;
        if (http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.DisplayName = $"{http.Request.Method} {route}";
            span.SetTag("http.route", route);
            span.SetTag("http.request.method", http.Request.Method);
        }

        span.SetTag("http.response.status_code", status);
        span.SetTag("culvert.request_id", requestId);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.Stop();
    }
}
