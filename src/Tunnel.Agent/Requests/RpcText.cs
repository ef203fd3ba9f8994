using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Messages that the agent writes itself.</summary>
internal static class RpcText
{
    // JSON-RPC 2.0 §5.1
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    public const int InternalError = -32603;
    public const int ServerError = -32000;

    // MCP 2026-07-28: headers that differ from the body; a missing capability; an unsupported version.
    public const int HeaderMismatch = -32020;
    public const int MissingCapability = -32021;
    public const int UnsupportedVersion = -32022;

    // Not a registered code: the caller has cancelled, and must ignore any later response (MCP, cancellation).
    public const int RequestCancelled = -32800;

    /// <summary>The beginning of every answer that the agent writes, up to the id.</summary>
    public static ReadOnlySpan<byte> BeforeId => "{\"jsonrpc\":\"2.0\",\"id\":"u8;

    public static byte[] Number(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    /// <param name="id">The id of the request as it was written; empty for null.</param>
    /// <param name="code">An error code of JSON-RPC or MCP.</param>
    /// <param name="message">One sentence.</param>
    /// <param name="failure">The agent's failure that the error reports; null for other errors.</param>
    /// <param name="requestId">The request id in the log; empty for none.</param>
    public static byte[] Error(
        ReadOnlySpan<byte> id,
        int code,
        string message,
        Failure? failure = null,
        string requestId = ""
    )
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WritePropertyName("id"u8);
            json.WriteRawValue(id.IsEmpty ? "null"u8 : id, skipInputValidation: true);
            json.WriteStartObject("error"u8);
            json.WriteNumber("code"u8, code);
            json.WriteString("message"u8, message);
            if (failure is not null)
            {
                json.WriteStartObject("data"u8);
                if (failure.Versions is { } versions)
                {
                    json.WriteStartArray("supported"u8);
                    foreach (var version in versions.Supported)
                    {
                        json.WriteStringValue(version);
                    }

                    json.WriteEndArray();
                    json.WriteString("requested"u8, versions.Requested);
                }

                if (failure.Ticket is { } ticket)
                {
                    json.WriteString("ticket"u8, ticket.Id);
                    json.WriteString("expires"u8, ticket.ExpiresAt.UtcDateTime);
                }

                if (failure.Connect is { Form: ConnectPageForm.Elicitation } connect)
                {
                    json.WriteStartArray("elicitations"u8);
                    json.WriteStartObject();
                    WriteElicitation(json, requestId, connect.Url, failure.Message);
                    json.WriteEndObject();
                    json.WriteEndArray();
                }

                if (failure.Step is { } step)
                {
                    if (step.Name.Length > 0)
                    {
                        json.WriteString("step"u8, step.Name);
                    }

                    json.WriteString("detail"u8, step.Detail);
                }

                json.WriteString("error_code"u8, failure.Reason);
                json.WriteString("failed_hop"u8, failure.HopName);
                if (requestId.Length > 0)
                {
                    json.WriteString("request_id"u8, requestId);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>An error of a program that names no request, as the response to a request.</summary>
    /// <param name="id">The id of the request, as it was written.</param>
    /// <param name="message">The message of the program: JSON with the member <c>error</c>.</param>
    public static byte[] WithError(ReadOnlySpan<byte> id, ReadOnlyMemory<byte> message)
    {
        using var document = JsonDocument.Parse(message);
        var error = JsonMarshal.GetRawUtf8Value(document.RootElement.GetProperty("error"));
        return [.. "{\"jsonrpc\":\"2.0\",\"id\":"u8, .. id, .. ",\"error\":"u8, .. error, .. "}"u8];
    }

    /// <summary>
    /// The result of a call that needs its user to open a page (MCP 2026-07-28, multi round-trip requests). The client
    /// repeats the call with its user's answer in the same member.
    /// </summary>
    /// <param name="elicitation">The id of the question.</param>
    public static byte[] PageRequired(
        ReadOnlySpan<byte> id,
        string message,
        string member,
        string elicitation,
        Uri page
    ) =>
        Result(
            id,
            "input_required",
            json =>
            {
                json.WriteStartObject("inputRequests"u8);
                json.WriteStartObject(member);
                json.WriteString("method"u8, "elicitation/create"u8);
                json.WriteStartObject("params"u8);
                WriteElicitation(json, elicitation, page, message);
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );

    /// <summary>The result of a tool that failed.</summary>
    public static byte[] ToolError(ReadOnlySpan<byte> id, string message) =>
        Result(
            id,
            "complete",
            json =>
            {
                json.WriteStartArray("content"u8);
                json.WriteStartObject();
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, message);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteBoolean("isError"u8, true);
            }
        );

    private static byte[] Result(ReadOnlySpan<byte> id, string type, Action<Utf8JsonWriter> writeMembers)
    {
        var buffer = new ArrayBufferWriter<byte>(384);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WritePropertyName("id"u8);
            json.WriteRawValue(id, skipInputValidation: true);
            json.WriteStartObject("result"u8);
            json.WriteString("resultType"u8, type);
            writeMembers(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteElicitation(Utf8JsonWriter json, string id, Uri page, string message)
    {
        json.WriteString("mode"u8, "url"u8);
        json.WriteString("elicitationId"u8, id);
        json.WriteString("url"u8, page.AbsoluteUri);
        json.WriteString("message"u8, message);
    }

    public static byte[] EmptyResult(ReadOnlySpan<byte> id) =>
        [.. "{\"jsonrpc\":\"2.0\",\"id\":"u8, .. id, .. ",\"result\":{}}"u8];

    public static byte[] Cancelled(long id, string reason) =>
        Encoding.UTF8.GetBytes(
            $$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{id.ToString(
                CultureInfo.InvariantCulture
            )}}},"reason":"{{{reason}}}"}}"""
        );
}
