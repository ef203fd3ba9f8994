using System.Net.Http.Headers;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>Reads <c>Retry-After</c> (RFC 9110 §10.2.3): seconds, or a date.</summary>
internal static class RetryAfterHeader
{
    /// <summary>The longest time that a control plane can delay an agent.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Null for a value that is malformed, negative or past.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var wait = headers.RetryAfter is { } value ? value.Delta ?? value.Date - now : null;
        return wait is not { } known || known <= TimeSpan.Zero ? null
            : known > Longest ? Longest
            : known;
    }
}
