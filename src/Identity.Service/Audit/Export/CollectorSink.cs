using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Platform.Net;
using Culvert.Platform.Telemetry;

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>
/// Log records for a collector: OTLP over HTTP in its JSON encoding. The body is the entry's, byte for byte; what proves
/// its place goes along as attributes.
/// </summary>
internal sealed class CollectorSink : IAuditSink, IDisposable
{
    private const string Scope = "Culvert.Audit";
    private const int Informational = 9; // SEVERITY_NUMBER_INFO
    private const int MaxAnswerBytes = 64 * 1024;

    private readonly LogsCollector collector;
    private readonly IReadOnlyList<KeyValuePair<string, string>> resource = LogsCollector.Resource("identity-service");
    private readonly HttpClient http;

    public CollectorSink(CollectorTarget target, NetworkOptions network)
    {
        collector = target.Collector;
        var dialer = new OutboundDialer(network);
        var handler = OutboundHttp.CreateHandler(collector.ChainPolicy(network.CaBundle));
        handler.ConnectCallback = dialer.ConnectAsync; // network.proxy is the dialer's business
        http = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan, // the caller's
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }

    public async ValueTask<AuditSent> SendAsync(
        IReadOnlyList<ExportedEntry> entries,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, collector.Endpoint)
        {
            Content = new ByteArrayContent(Render(entries))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };
        foreach (var (name, value) in collector.Headers())
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            return answer.IsSuccessStatusCode
                ? new AuditSent(Rejected: RejectedIn(await answer.Content.ReadAsByteArrayAsync(cancellationToken)))
                : new AuditSent($"The collector answered {(int)answer.StatusCode}.");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or CryptographicException)
        {
            return new AuditSent(
                fault.InnerException is { } cause ? $"{fault.Message} {cause.Message}" : fault.Message
            );
        }
    }

    public void Dispose() => http.Dispose();

    // OTLP, partial success: such records must not be sent again.
    private static long RejectedIn(byte[] answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("partialSuccess", out var partial)
                && partial.ValueKind == JsonValueKind.Object
                && partial.TryGetProperty("rejectedLogRecords", out var rejected)
                && long.TryParse(rejected.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                ? count
                : 0;
        }
        catch (JsonException)
        {
            return 0; // a success without details
        }
    }

    private byte[] Render(IReadOnlyList<ExportedEntry> entries)
    {
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
            json.WriteString("name", Scope);
            json.WriteEndObject();
            json.WriteStartArray("logRecords");
            foreach (var entry in entries)
            {
                WriteRecord(json, entry);
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

    private static void WriteRecord(Utf8JsonWriter json, ExportedEntry exported)
    {
        var (entry, at) = (exported.Entry, Nanoseconds(exported.At));
        json.WriteStartObject();
        json.WriteString("timeUnixNano", at);
        json.WriteString("observedTimeUnixNano", at);
        json.WriteNumber("severityNumber", Informational);
        json.WriteString("eventName", exported.Event);
        if (entry.Body is { } body)
        {
            json.WriteStartObject("body");
            json.WriteString("stringValue", body);
            json.WriteEndObject();
        }

        List<KeyValuePair<string, string>> attributes =
        [
            new("culvert.audit.event", exported.Event),
            new("culvert.audit.node", entry.Node),
            new("culvert.audit.sequence", entry.Sequence.ToString(CultureInfo.InvariantCulture)),
            new("culvert.audit.hash", Convert.ToHexStringLower(entry.Hash)),
            new("culvert.audit.body_digest", Convert.ToHexStringLower(entry.BodyDigest)),
            new("culvert.audit.salt", Convert.ToHexStringLower(entry.Salt)),
        ];
        if (exported.OrganizationId is { } organization)
        {
            attributes.Add(new("culvert.organization.id", organization));
        }

        WriteAttributes(json, attributes);
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

    // 64 bits are text in JSON (protobuf's mapping).
    private static string Nanoseconds(DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeMilliseconds()}000000");
}
