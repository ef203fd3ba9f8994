using System.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace Culvert.Platform.Telemetry;

/// <summary>Reads the trace context of a caller's request (W3C Trace Context).</summary>
public static class TraceContext
{
    public const string ParentHeader = "traceparent";
    public const string StateHeader = "tracestate";

    // W3C Trace Context §3.3.1.5 recommends at least this length; longer values are dropped.
    private const int MaxStateLength = 512;

    // §3.2.2: a later version may have more fields at the end, which this version ignores.
    private const int MaxParentLength = 256;

    /// <summary>The default value when the header is not a valid context; then a new trace begins (§4.3).</summary>
    public static ActivityContext Read(StringValues parent, StringValues state)
    {
        if (parent is not [{ Length: <= MaxParentLength } written])
        {
            return default;
        }

        // §3.3.1: several header lines form one list.
        var states = state.Count > 0 ? state.ToString() : null;
        if (states is { Length: > MaxStateLength })
        {
            states = null;
        }

        return ActivityContext.TryParse(written, states, isRemote: true, out var context) ? context : default;
    }
}
