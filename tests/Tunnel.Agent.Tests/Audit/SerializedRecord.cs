using System.Buffers;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Audit;

namespace Culvert.Tunnel.Agent.Tests.Audit;

/// <summary>
/// A record's members as the serializer writes them: the output of the agent's own writer is compared with it.
/// </summary>
internal static class SerializedRecord
{
    public static string Of(CallRecord record, string instance, string version, Func<string, string> hashOf)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("time", record.Time.UtcDateTime);
        json.WriteString("type", "call");
        json.WriteString("agent", instance);
        json.WriteString("version", version);
        Text(json, "route", record.Route);
        Text(json, "host", record.Host);
        Text(json, "connection", record.Connection);
        Text(json, "trace", record.Trace);
        Text(json, "era", record.Era);
        Text(json, "protocol", record.Protocol);
        Text(json, "session", record.Session.Length > 0 ? hashOf(record.Session) : "");
        if (!record.Id.IsEmpty)
        {
            json.WritePropertyName("id");
            json.WriteRawValue(record.Id.Span);
        }

        Text(json, "method", record.Method);
        Text(json, "kind", record.Kind);
        Text(json, "name", record.Name);
        json.WriteString("mode", record.Mode);
        json.WriteString("policy", record.PolicyVersion);
        Text(json, "rule", record.Rule);
        json.WriteString("decision", record.Decision);
        Text(json, "reason", record.Reason);
        Text(json, "argument", record.Argument);
        Text(json, "condition", record.Condition);
        WritePrincipal(json, record);
        json.WriteString("auth", record.Auth);
        Text(json, "upstream", record.Upstream);
        json.WriteString("credential", record.Credential);
        Text(json, "credential_subject", record.CredentialUse?.Subject ?? "");
        if (record.CredentialUse?.ExpiresAt is { } end)
        {
            json.WriteString("credential_expires_at", end.UtcDateTime);
        }

        if (!record.Arguments.IsEmpty)
        {
            WriteShape(json, record.Arguments);
            json.WriteString("arguments_hash", hashOf(Encoding.UTF8.GetString(record.Arguments.Span)));
        }

        WriteOutcome(json, record);
        json.WriteEndObject();
        json.Flush();
        return "," + Encoding.UTF8.GetString(buffer.WrittenSpan[1..^1]);
    }

    private static void WritePrincipal(Utf8JsonWriter json, CallRecord record)
    {
        if (record.Subject.Length == 0)
        {
            return;
        }

        json.WriteStartObject("principal");
        Text(json, "iss", record.Issuer);
        Text(json, "sub", record.Subject);
        Text(json, "client_id", record.ClientId);
        json.WriteStartArray("scopes");
        foreach (var scope in record.Scopes.Take(32))
        {
            json.WriteStringValue(Cut(scope));
        }

        json.WriteEndArray();
        if (record.Groups.Count > 0)
        {
            json.WriteStartArray("groups");
            foreach (var group in record.Groups.Take(32))
            {
                json.WriteStringValue(Cut(group));
            }

            json.WriteEndArray();
        }

        if (record.Groups.Count > 32)
        {
            json.WriteNumber("groups_more", record.Groups.Count - 32);
        }

        json.WriteEndObject();
    }

    // Of an object: its members with the types of their values.
    private static void WriteShape(Utf8JsonWriter json, ReadOnlyMemory<byte> arguments)
    {
        using var document = JsonDocument.Parse(arguments);
        json.WriteStartObject("arguments");
        var members = document.RootElement.EnumerateObject().ToList();
        foreach (var member in members.Take(32))
        {
            var name = member.Name.Length <= 64 ? member.Name : member.Name[..64] + "…";
            var raw = member.Value.GetRawText();
            json.WriteString(
                name,
                member.Value.ValueKind switch
                {
                    JsonValueKind.String => $"string:{Encoding.UTF8.GetByteCount(raw) - 2}",
                    JsonValueKind.Array => $"array:{member.Value.GetArrayLength()}",
                    JsonValueKind.Object => $"object:{member.Value.EnumerateObject().Count()}",
                    JsonValueKind.Number => "number",
                    JsonValueKind.Null => "null",
                    _ => "boolean",
                }
            );
        }

        if (members.Count > 32)
        {
            json.WriteNumber("…", members.Count - 32);
        }

        json.WriteEndObject();
    }

    private static void WriteOutcome(Utf8JsonWriter json, CallRecord record)
    {
        if (record.RequestBytes is { } requestBytes)
        {
            json.WriteNumber("request_bytes", requestBytes);
        }

        json.WriteNumber("response_bytes", record.ResponseBytes);
        json.WriteNumber("status", record.Status);
        if (record.IsError is { } isError)
        {
            json.WriteBoolean("is_error", isError);
        }

        if (record.Hidden > 0)
        {
            json.WriteNumber("hidden", record.Hidden);
        }

        if (record.Answer is { } answer)
        {
            json.WriteStartObject("answer");
            json.WriteNumber("rows", answer.Rows);
            json.WriteNumber("rows_removed", answer.RowsRemoved);
            json.WriteNumber("fields_removed", answer.FieldsRemoved);
            json.WriteNumber("masked", answer.Masked);
            Text(json, "digest", Convert.ToHexStringLower(answer.Digest.Span));
            Text(json, "problem", answer.Problem);
            json.WriteEndObject();
        }

        if (!record.AnswerShape.IsEmpty)
        {
            json.WritePropertyName("answer_shape");
            json.WriteRawValue(record.AnswerShape.Span);
        }

        Text(json, "failure", record.Failure);
        json.WriteNumber("duration_ms", Math.Round(record.DurationMs, 3));
        if (record.UpstreamMs is { } upstream)
        {
            json.WriteNumber("upstream_ms", Math.Round(upstream, 3));
        }

        json.WriteString("end", record.End);
    }

    private static void Text(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0)
        {
            json.WriteString(name, Cut(value));
        }
    }

    private static string Cut(string value) => value.Length <= 512 ? value : value[..511] + "…";
}
