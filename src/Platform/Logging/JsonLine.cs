using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Culvert.Platform.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>
/// An entry as one JSON object: <c>time level event category message</c>, then the message's own fields, then
/// <c>exception</c>. Field values that are not numbers or booleans are text.
/// </summary>
internal static class JsonLine
{
    private const string TemplateField = "{OriginalFormat}";

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    public static void Write(ArrayBufferWriter<byte> buffer, DateTimeOffset time, in LogLine line)
    {
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", UtcTimeConverter.Format(time));
            json.WriteString("level", NameOf(line.Level));
            json.WriteNumber("event", line.Event.Id);
            json.WriteString("category", line.Category);
            json.WriteString("message", line.Message);
            foreach (var (name, value) in line.Fields ?? [])
            {
                if (name != TemplateField)
                {
                    WriteField(json, NameOf(name), value);
                }
            }

            if (line.Exception is { } exception)
            {
                json.WriteString("exception", exception.ToString());
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
    }

    internal static string NameOf(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            LogLevel.Error => "error",
            _ => "critical",
        };

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

    // Placeholders are written TunnelId; the log's names are tunnel_id, as on the wire.
    private static string NameOf(string placeholder) => JsonNamingPolicy.SnakeCaseLower.ConvertName(placeholder);
}
