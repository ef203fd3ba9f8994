namespace Culvert.Platform.Events;

/// <summary>The media type of server-sent events (HTML Standard §9.2.5).</summary>
public static class EventStream
{
    /// <summary>As it is written by the standard; its case has no meaning (RFC 9110 §8.3.1).</summary>
    public const string MediaType = "text/event-stream";

    /// <summary>Whether a Content-Type names it, in whatever case and with whatever parameters.</summary>
    public static bool IsNamedBy(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOfAny(';', ',');
        return (end < 0 ? type : type[..end]).Trim().Equals(MediaType, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether the response has it. The header is read as it came: some have parameters that cannot be parsed.</summary>
    public static bool IsIn(HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
            && IsNamedBy(values.ToString());
    }
}
