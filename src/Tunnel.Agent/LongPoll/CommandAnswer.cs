using System.Buffers;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.LongPoll;

internal sealed record CommandAnswer
{
    private const string EventStream = "text/event-stream";
    private const string Json = "application/json";
    private const string ContentType = "Content-Type";

    public required AnswerType Type { get; init; }

    public required int Status { get; init; }

    public IReadOnlyList<KeyValuePair<string, string[]>> Headers { get; init; } = [];

    /// <summary>One JSON value, byte for byte; empty for types without a body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    public ReadOnlyMemory<byte> Format(TunnelCommand command)
    {
        var buffer = new ArrayBufferWriter<byte>(Body.Length + 512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("request_id"u8, command.RequestId);
            json.WriteString("channel"u8, command.Channel);
            json.WriteString("resp_type"u8, GetTypeName());
            json.WriteNumber("resp_code"u8, GetCode());
            json.WriteStartObject("resp_headers"u8);
            foreach (var (name, values) in GetHeaders())
            {
                json.WriteStartArray(name);
                foreach (var value in values)
                {
                    json.WriteStringValue(value);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            if (!Body.IsEmpty)
            {
                json.WritePropertyName("resp_json"u8);
                json.WriteRawValue(Body.Span, skipInputValidation: true); // was read as JSON before
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private string GetTypeName() =>
        Type switch
        {
            AnswerType.Notification => "jsonrpc_notify",
            AnswerType.Acknowledgement => "notify_ack",
            AnswerType.SessionTermination => "session_termination_response",
            AnswerType.OauthDiscovery => "oauth_discovery_response",
            _ => "jsonrpc_response",
        };

    // The control plane accepts only registered codes of final responses.
    private int GetCode() =>
        Status switch
        {
            >= 200 and <= 599 => Status,
            _ => StatusCodes.Status502BadGateway,
        };

    // A notification belongs to a stream of events. A final answer is one JSON value, or the end of such a stream.
    private IEnumerable<KeyValuePair<string, string[]>> GetHeaders()
    {
        var written = Headers.FirstOrDefault(h => h.Key == ContentType).Value;
        var isStream = written is [var type, ..] && type.StartsWith(EventStream, StringComparison.OrdinalIgnoreCase);
        if (Type == AnswerType.Notification || isStream)
        {
            yield return new(ContentType, isStream ? written! : [EventStream]);
        }
        else if (!Body.IsEmpty)
        {
            yield return new(ContentType, [Json]);
        }

        foreach (var header in Headers.Where(h => h.Key != ContentType))
        {
            yield return header;
        }
    }
}
