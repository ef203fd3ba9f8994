namespace Culvert.Platform.Events;

/// <summary>The media type of server-sent events (HTML Standard §9.2.5).</summary>
public static class EventStream
{
    /// <summary>As the standard writes it; media types are case-insensitive (RFC 9110 §8.3.1).</summary>
    public const string MediaType = "text/event-stream";

    /// <summary>Whether a Content-Type names it, in any case and with any parameters.</summary>
    public static bool IsNamedBy(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOfAny(';', ',');
        return (end < 0 ? type : type[..end]).Trim().Equals(MediaType, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads the raw header, because some have parameters that cannot be parsed.</summary>
    public static bool IsIn(HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
            && IsNamedBy(values.ToString());
    }
}
