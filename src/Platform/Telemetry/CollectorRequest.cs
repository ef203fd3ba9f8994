using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Culvert.Platform.Telemetry;

/// <summary>Formats log records as a request to a collector, in OTLP's JSON encoding.</summary>
public sealed class CollectorRequest(string program, string scope)
{
    private readonly IReadOnlyList<KeyValuePair<string, string>> resource = LogsCollector.Resource(program);

    /// <summary>The bytes of an <c>ExportLogsServiceRequest</c>, without a line break.</summary>
    public byte[] Render(IEnumerable<CollectorRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceLogs");
            json.WriteStartObject();
            json.WriteStartObject("resource");
            WriteAttributes(json, resource);
            json.WriteEndObject();
            json.WriteStartArray("scopeLogs");
            json.WriteStartObject();
            json.WriteStartObject("scope");
            json.WriteString("name", scope);
            json.WriteEndObject();
            json.WriteStartArray("logRecords");
            foreach (var record in records)
            {
                WriteRecord(json, record);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteRecord(Utf8JsonWriter json, CollectorRecord record)
    {
        var at = Nanoseconds(record.At);
        json.WriteStartObject();
        json.WriteString("timeUnixNano", at);
        json.WriteString("observedTimeUnixNano", at);
        json.WriteNumber("severityNumber", record.Severity);
        json.WriteString("eventName", record.EventName);
        if (record.Body is { } body)
        {
            json.WriteStartObject("body");
            json.WriteString("stringValue", body);
            json.WriteEndObject();
        }

        if (record.Span.TraceId != default)
        {
            // Hexadecimal, unlike protobuf's own JSON mapping (OTLP, JSON encoding).
            json.WriteString("traceId", record.Span.TraceId.ToHexString());
            json.WriteString("spanId", record.Span.SpanId.ToHexString());
            json.WriteNumber("flags", (int)(record.Span.TraceFlags & ActivityTraceFlags.Recorded));
        }

        WriteAttributes(json, record.Attributes);
        json.WriteEndObject();
    }

    private static void WriteAttributes(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string>> attributes)
    {
        json.WriteStartArray("attributes");
        foreach (var (key, value) in attributes)
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteStartObject("value");
            json.WriteString("stringValue", value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // 64-bit numbers are text in JSON (protobuf's JSON mapping).
    private static string Nanoseconds(DateTimeOffset at) =>
        ((at - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick).ToString(CultureInfo.InvariantCulture);
}
