using System.Net.Http.Headers;

namespace Culvert.Platform.Net;

/// <summary>Reads <c>Retry-After</c> (RFC 9110 §10.2.3): seconds, or a date.</summary>
public static class RetryAfterHeader
{
    /// <summary>At most <paramref name="longest"/>; null for a value that is malformed, negative or past.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now, TimeSpan longest)
    {
        ArgumentNullException.ThrowIfNull(headers);
        var wait = headers.RetryAfter is { } value ? value.Delta ?? value.Date - now : null;
        return wait is not { } known || known <= TimeSpan.Zero ? null
            : known > longest ? longest
            : known;
    }
}
