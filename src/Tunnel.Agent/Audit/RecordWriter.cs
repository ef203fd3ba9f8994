using System.Buffers;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Writes records as members of a line. What a client chose is cut to a length.</summary>
internal sealed class RecordWriter(string instance, string version) : IDisposable
{
    private const int MaxCharacters = 512;
    private const int MaxScopes = 32;

    private readonly ArrayBufferWriter<byte> buffer = new(2048);
    private Utf8JsonWriter? writer;

    public void Write(ArrayBufferWriter<byte> output, AuditRecord record)
    {
        if (record is AcmeRecord order)
        {
            Write(output, order);
        }
        else
        {
            Write(output, (CallRecord)record);
        }
    }

    private void Write(ArrayBufferWriter<byte> output, AcmeRecord record)
    {
        var json = Begin("acme", record.Time);
        json.WriteString("agent"u8, instance);
        json.WriteString("version"u8, version);
        json.WriteString("event"u8, record.Event);
        Text(json, "host"u8, record.Name);
        Text(json, "directory"u8, record.Directory);
        Text(json, "account"u8, record.Account);
        Text(json, "replaces"u8, record.Replaces);
        Text(json, "key_authorization_sha256"u8, record.Digest);
        Text(json, "serial"u8, record.Serial);
        if (record.NotAfter is { } end)
        {
            json.WriteString("not_after"u8, end.UtcDateTime);
        }

        Text(json, "reason"u8, record.Reason);
        Text(json, "detail"u8, record.Detail);
        End(output);
    }

    private void Write(ArrayBufferWriter<byte> output, CallRecord record)
    {
        var json = Begin("call", record.Time);
        json.WriteString("agent"u8, instance);
        json.WriteString("version"u8, version);
        Text(json, "route"u8, record.Route);
        Text(json, "host"u8, record.Host);
        Text(json, "connection"u8, record.Connection);
        Text(json, "trace"u8, record.Trace);
        Text(json, "era"u8, record.Era);
        Text(json, "protocol"u8, record.Protocol);
        Text(json, "session"u8, record.Session);
        if (!record.Id.IsEmpty)
        {
            json.WritePropertyName("id"u8);
            json.WriteRawValue(record.Id.Span, skipInputValidation: true);
        }

        Text(json, "method"u8, record.Method);
        Text(json, "kind"u8, record.Kind);
        Text(json, "name"u8, record.Name);
        json.WriteString("mode"u8, record.Mode);
        json.WriteString("policy"u8, record.PolicyVersion);
        Text(json, "rule"u8, record.Rule);
        json.WriteString("decision"u8, record.Decision);
        Text(json, "reason"u8, record.Reason);
        WritePrincipal(json, record);
        json.WriteString("auth"u8, record.Auth);
        Text(json, "upstream"u8, record.Upstream);
        json.WriteString("credential"u8, record.Credential);
        if (record.Arguments.Length > 0)
        {
            json.WritePropertyName("arguments"u8);
            json.WriteRawValue(record.Arguments, skipInputValidation: true);
        }

        Text(json, "arguments_hash"u8, record.ArgumentsHash);
        WriteOutcome(json, record);
        End(output);
    }

    /// <summary>A line about the file itself.</summary>
    public void Write(ArrayBufferWriter<byte> output, string type, DateTimeOffset time, string member, long number)
    {
        var json = Begin(type, time);
        json.WriteString("agent"u8, instance);
        json.WriteNumber(member, number);
        End(output);
    }

    public void Dispose() => writer?.Dispose();

    private static void WritePrincipal(Utf8JsonWriter json, CallRecord record)
    {
        if (record.Subject.Length == 0)
        {
            return;
        }

        json.WriteStartObject("principal"u8);
        Text(json, "iss"u8, record.Issuer);
        Text(json, "sub"u8, record.Subject);
        Text(json, "client_id"u8, record.ClientId);
        json.WriteStartArray("scopes"u8);
        foreach (var scope in record.Scopes.Take(MaxScopes))
        {
            json.WriteStringValue(Cut(scope));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteOutcome(Utf8JsonWriter json, CallRecord record)
    {
        if (record.RequestBytes is { } requestBytes)
        {
            json.WriteNumber("request_bytes"u8, requestBytes);
        }

        json.WriteNumber("response_bytes"u8, record.ResponseBytes);
        json.WriteNumber("status"u8, record.Status);
        if (record.IsError is { } isError)
        {
            json.WriteBoolean("is_error"u8, isError);
        }

        if (record.Hidden > 0)
        {
            json.WriteNumber("hidden"u8, record.Hidden);
        }

        Text(json, "failure"u8, record.Failure);
        json.WriteNumber("duration_ms"u8, Math.Round(record.DurationMs, 3));
        if (record.UpstreamMs is { } upstream)
        {
            json.WriteNumber("upstream_ms"u8, Math.Round(upstream, 3));
        }

        json.WriteString("end"u8, record.End);
    }

    private Utf8JsonWriter Begin(string type, DateTimeOffset time)
    {
        buffer.ResetWrittenCount();
        if (writer is null)
        {
            writer = new Utf8JsonWriter(buffer);
        }
        else
        {
            writer.Reset();
        }

        writer.WriteStartObject();
        writer.WriteString("time"u8, time.UtcDateTime);
        writer.WriteString("type"u8, type);
        return writer;
    }

    // The members alone: a comma in place of the opening brace, no closing one.
    private void End(ArrayBufferWriter<byte> output)
    {
        writer!.WriteEndObject();
        writer.Flush();
        output.Write(","u8);
        output.Write(buffer.WrittenSpan[1..^1]);
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string value)
    {
        if (value.Length > 0)
        {
            json.WriteString(name, Cut(value));
        }
    }

    private static ReadOnlySpan<char> Cut(string value) =>
        value.Length <= MaxCharacters ? value : string.Concat(value.AsSpan(0, MaxCharacters - 1), "…");
}
