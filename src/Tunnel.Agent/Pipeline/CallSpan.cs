using System.Diagnostics;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// The agent's part of a call's trace: begun with the request, ended with its answer. It holds route, method and
/// status; never a path, a header, an argument or anything else that a caller wrote.
/// </summary>
internal static class CallSpan
{
    /// <summary>The name of the agent's source of spans.</summary>
    public const string SourceName = "Culvert.Tunnel.Agent";

    private const string Name = "call";

    /// <summary>Begins one under the trace that the request's headers name; null while there is no listener.</summary>
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

    /// <summary>
    /// Begins it again under the trace that the message itself names. What was begun before is forgotten: a span cannot
    /// change its trace.
    /// </summary>
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

    // A method may be any word; an unknown one could be a message (OpenTelemetry, HTTP spans).
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
