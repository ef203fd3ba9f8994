using System.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace Culvert.Platform.Telemetry;

/// <summary>The trace that a caller says its request belongs to (W3C Trace Context).</summary>
public static class TraceContext
{
    public const string ParentHeader = "traceparent";
    public const string StateHeader = "tracestate";

    // W3C Trace Context §3.3.1.5: propagated should be at least as much; longer ones are dropped.
    private const int MaxStateLength = 512;

    // §3.2.2: a later version may have more fields at the end, which this version ignores.
    private const int MaxParentLength = 256;

    /// <summary>The default value, when the header is not a valid context; then a trace begins here (§4.3).</summary>
    public static ActivityContext Read(StringValues parent, StringValues state)
    {
        if (parent is not [{ Length: <= MaxParentLength } written])
        {
            return default;
        }

        // §3.3.1: the header may come in several lines, which are one list.
        var states = state.Count > 0 ? state.ToString() : null;
        if (states is { Length: > MaxStateLength })
        {
            states = null;
        }

        return ActivityContext.TryParse(written, states, isRemote: true, out var context) ? context : default;
    }
}
