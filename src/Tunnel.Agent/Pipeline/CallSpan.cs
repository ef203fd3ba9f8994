using System.Diagnostics;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// The agent's span in a call's trace. It contains route, method and status; never a path, a header, an argument or any
/// other text of a caller.
/// </summary>
internal static class CallSpan
{
    public const string SourceName = "Culvert.Tunnel.Agent";

    private const string Name = "call";

    /// <summary>Starts a span in the trace that the request's headers name; null while there is no listener.</summary>
    public static Activity? Begin(Traces? traces, Exchange exchange)
    {
        if (traces is null || !traces.Source.HasListeners())
        {
            return null;
        }

        var headers = exchange.Request.Headers;
        var parent = TraceContext.Read(headers[TraceContext.ParentHeader], headers[TraceContext.StateHeader]);
        return traces.Source.StartActivity(Name, ActivityKind.Server, parent);
    }

    /// <summary>Starts a new span in the trace that the message names: a span cannot change its trace.</summary>
    public static Activity? Continue(Traces traces, Activity before, ActivityContext parent)
    {
        var began = before.StartTimeUtc;
        before.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        before.Stop();
        return traces.Source.StartActivity(ActivityKind.Server, parent, startTime: began, name: Name);
    }

    public static void End(Activity span, Exchange exchange)
    {
        var status = exchange.Response.StatusCode;
        span.SetTag("http.request.method", GetMethod(exchange.Request.Method));
        span.SetTag("http.response.status_code", status);
        if (exchange.IsCut)
        {
            span.SetTag("error.type", "cut");
        }

        if (status >= StatusCodes.Status500InternalServerError || exchange.IsCut)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.Stop();
    }

    // A method may be any token, so an unknown method could carry data (OpenTelemetry, HTTP spans).
    private static string GetMethod(string method) =>
        HttpMethods.IsGet(method)
        || HttpMethods.IsPost(method)
        || HttpMethods.IsDelete(method)
        || HttpMethods.IsPut(method)
        || HttpMethods.IsPatch(method)
        || HttpMethods.IsHead(method)
        || HttpMethods.IsOptions(method)
            ? method
            : "_OTHER";
}
