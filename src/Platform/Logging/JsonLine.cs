using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Culvert.Platform.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>
/// Formats an entry as one JSON object: <c>ts level event_id event msg</c>, the known ids, the message's own fields,
/// <c>category</c>, <c>repeated</c> and <c>exception</c>. Field values that are not numbers or booleans are text.
/// </summary>
internal static class JsonLine
{
    private const string TemplateField = "{OriginalFormat}";
    private const string RequestIdField = "RequestId";
    private const string TunnelIdField = "TunnelId";
    private const string AgentIdField = "AgentId";

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    public static void Write(ArrayBufferWriter<byte> buffer, DateTimeOffset time, in LogLine line)
    {
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("ts", UtcTimeConverter.Format(time));
            json.WriteString("level", FormatLevel(line.Level));
            json.WriteNumber("event_id", line.Event.Id);
            json.WriteString("event", line.Event.Name ?? "");
            json.WriteString("msg", line.Message);
            WriteIfKnown(json, "request_id", Own(line, RequestIdField) ?? (line.IsLate ? null : LogContext.RequestId));
            WriteIfKnown(json, "tunnel_id", Own(line, TunnelIdField) ?? line.Subject?.TunnelId);
            WriteIfKnown(json, "agent_id", Own(line, AgentIdField) ?? line.Subject?.AgentId);
            WriteIfKnown(json, "trace_id", line.IsLate ? null : Activity.Current?.TraceId.ToHexString());
            foreach (var (name, value) in line.Fields ?? [])
            {
                if (name is not (TemplateField or RequestIdField or TunnelIdField or AgentIdField))
                {
                    WriteField(json, ToFieldName(name), value);
                }
            }

            json.WriteString("category", line.Category);
            if (line.Repeated is { } repeated)
            {
                json.WriteNumber("repeated", repeated);
            }

            if (line.ExceptionText is { } exception)
            {
                json.WriteString("exception", exception);
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
    }

    internal static string FormatLevel(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            LogLevel.Error => "error",
            _ => "critical",
        };

    // A field of the message has priority over the context.
    private static string? Own(in LogLine line, string placeholder)
    {
        foreach (var (name, value) in line.Fields ?? [])
        {
            if (name == placeholder)
            {
                return Convert.ToString(value, CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    private static void WriteIfKnown(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteField(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int or long or short or byte or uint or ushort:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case DateTimeOffset time:
                json.WriteString(name, UtcTimeConverter.Format(time));
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    // Placeholders have the form TunnelId; the log's field names are tunnel_id, as on the wire.
    private static string ToFieldName(string placeholder) => JsonNamingPolicy.SnakeCaseLower.ConvertName(placeholder);
}
