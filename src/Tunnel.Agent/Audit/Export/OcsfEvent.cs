using System.Globalization;
using System.Text.Json;
using Culvert.Platform.Programs;

namespace Culvert.Tunnel.Agent.Audit.Export;

/// <summary>
/// A record as an API Activity event of the Open Cybersecurity Schema Framework. Members of the record without an
/// attribute of the class are in <c>unmapped</c>, so that nothing is lost.
/// </summary>
internal static class OcsfEvent
{
    public const string SchemaVersion = "1.6.0";

    private const int ApplicationActivity = 6;
    private const int ApiActivity = 6003;
    private const int Read = 2;
    private const int Other = 99;
    private const int Informational = 1;
    private const int UnknownUser = 0;

    // These members have attributes of their own below.
    private static readonly HashSet<string> Mapped =
    [
        "time",
        "seq",
        "hash",
        "version",
        "method",
        "id",
        "status",
        "duration_ms",
        "host",
        "connection",
        "protocol",
        "kind",
        "name",
    ];

    private enum Status
    {
        Unknown = 0,
        Success = 1,
        Failure = 2,
    }

    public static byte[] Render(RecordLine line)
    {
        using var document = JsonDocument.Parse(line.Json);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json, document.RootElement, line);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, JsonElement record, RecordLine line)
    {
        var isCall = record.Text("type") == "call";
        var operation = isCall ? record.Text("method") : string.Join('.', [record.Text("type"), record.Text("event")]);
        WriteClass(json, operation.TrimEnd('.'));
        WriteTimes(json, record);
        WriteStatus(json, record, isCall);
        WriteMetadata(json, record, line);
        WriteActor(json, record);
        WriteApi(json, record, operation.TrimEnd('.'));
        if (record.Text("name") is { Length: > 0 } name)
        {
            json.WriteStartArray("resources");
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("type", record.Text("kind"));
            json.WriteEndObject();
            json.WriteEndArray();
        }

        WriteEndpoints(json, record);
        json.WriteStartObject("unmapped");
        foreach (var member in record.EnumerateObject().Where(member => !Mapped.Contains(member.Name)))
        {
            member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static void WriteClass(Utf8JsonWriter json, string operation)
    {
        // The agent does not know what a tool does: a call may create as well as read.
        var activity =
            operation.EndsWith("/list", StringComparison.Ordinal) || operation is "resources/read" or "prompts/get"
                ? Read
                : Other;
        json.WriteNumber("category_uid", ApplicationActivity);
        json.WriteNumber("class_uid", ApiActivity);
        json.WriteNumber("activity_id", activity);
        json.WriteString("activity_name", activity == Read ? "Read" : operation);
        json.WriteNumber("type_uid", (ApiActivity * 100) + activity);
        json.WriteNumber("severity_id", Informational);
    }

    private static void WriteTimes(Utf8JsonWriter json, JsonElement record)
    {
        var begun = record.Time().ToUnixTimeMilliseconds();
        json.WriteNumber("time", begun);
        if (record.Number("duration_ms") is { } duration)
        {
            var milliseconds = (long)Math.Round(duration);
            json.WriteNumber("start_time", begun);
            json.WriteNumber("end_time", begun + milliseconds);
            json.WriteNumber("duration", milliseconds);
        }
    }

    private static void WriteStatus(Utf8JsonWriter json, JsonElement record, bool isCall)
    {
        var status =
            !isCall ? Status.Unknown
            : record.Text("decision") is "deny" or "refuse"
            || record.Text("end") != "completed"
            || record.Text("failure").Length > 0
            || record.Number("status") >= 400
            || (record.TryGetProperty("is_error", out var error) && error.ValueKind == JsonValueKind.True)
                ? Status.Failure
            : Status.Success;
        json.WriteNumber("status_id", (int)status);
        if (record.Number("status") is > 0 and var code)
        {
            json.WriteString("status_code", code.ToString(CultureInfo.InvariantCulture));
        }

        var detail = record.Text("reason") is { Length: > 0 } reason ? reason : record.Text("failure");
        if (detail.Length > 0)
        {
            json.WriteString("status_detail", detail);
        }
    }

    private static void WriteMetadata(Utf8JsonWriter json, JsonElement record, RecordLine line)
    {
        json.WriteStartObject("metadata");
        json.WriteString("version", SchemaVersion);
        json.WriteStartObject("product");
        json.WriteString("name", CollectedRecord.Program);
        json.WriteString("vendor_name", "Culvert");
        json.WriteString("version", record.Text("version") is { Length: > 0 } version ? version : ProductVersion.Text);
        json.WriteEndObject();
        json.WriteString("uid", line.Hash);
        json.WriteNumber("sequence", line.Sequence);
        json.WriteString("event_code", record.Text("type"));
        json.WriteString("log_name", "calls");
        json.WriteString("original_time", record.Text("time"));
        json.WriteEndObject();
    }

    private static void WriteActor(Utf8JsonWriter json, JsonElement record)
    {
        json.WriteStartObject("actor");
        json.WriteStartObject("user");
        if (record.TryGetProperty("principal", out var principal) && principal.ValueKind == JsonValueKind.Object)
        {
            json.WriteString("uid", principal.Text("sub"));
            json.WriteNumber("type_id", UnknownUser);
            json.WriteEndObject();
            json.WriteStartObject("idp");
            json.WriteString("name", principal.Text("iss"));
            json.WriteEndObject();
            if (principal.Text("client_id") is { Length: > 0 } client)
            {
                json.WriteString("app_uid", client);
            }
        }
        else
        {
            json.WriteString("name", record.Text("type") == "call" ? "unknown" : CollectedRecord.Program);
            json.WriteNumber("type_id", UnknownUser);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteApi(Utf8JsonWriter json, JsonElement record, string operation)
    {
        json.WriteStartObject("api");
        json.WriteString("operation", operation);
        if (record.Text("protocol") is { Length: > 0 } protocol)
        {
            json.WriteString("version", protocol);
        }

        if (record.TryGetProperty("id", out var id))
        {
            json.WriteStartObject("request");
            json.WriteString("uid", ReadId(id));
            json.WriteEndObject();
        }

        if (record.Number("status") is > 0 and var code)
        {
            json.WriteStartObject("response");
            json.WriteNumber("code", (int)code);
            json.WriteEndObject();
        }

        if (record.Text("route") is { Length: > 0 } route)
        {
            json.WriteStartObject("service");
            json.WriteString("name", route);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // The id as the client wrote it, which may be invalid Unicode.
    private static string ReadId(JsonElement id)
    {
        try
        {
            return id.ToString();
        }
        catch (InvalidOperationException)
        {
            return id.GetRawText();
        }
    }

    // The agent does not know the client's address; calls of one client share the inner TLS connection.
    private static void WriteEndpoints(Utf8JsonWriter json, JsonElement record)
    {
        var connection = record.Text("connection");
        json.WriteStartObject("src_endpoint");
        json.WriteString("uid", connection.Length > 0 ? connection : record.Text("agent"));
        json.WriteEndObject();
        if (record.Text("host") is { Length: > 0 } host)
        {
            json.WriteStartObject("dst_endpoint");
            json.WriteString("hostname", host);
            json.WriteEndObject();
        }
    }
}
