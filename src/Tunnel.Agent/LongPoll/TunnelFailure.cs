using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// The member <c>tunnel_failure</c> of an error that the agent creates: where a call failed, in the provider's terms.
/// It never contains a URL, a body or the text of an exception.
/// </summary>
/// <param name="Source">From a closed list of the protocol.</param>
/// <param name="Kind">From a closed list of the protocol.</param>
internal sealed record TunnelFailure(string Source, string Kind)
{
    private const string TargetHttp = "target_http";
    private const string TransportClosed = "transport_closed";
    private const string Protocol = "protocol";

    public static readonly TunnelFailure TimedOut = new("timeout", "timeout");
    public static readonly TunnelFailure TooLarge = new(Protocol, "response_body_too_large");
    public static readonly TunnelFailure Missing = new(Protocol, "response_body_missing");
    public static readonly TunnelFailure NotJson = new(Protocol, "malformed_json");
    public static readonly TunnelFailure NotAnAnswer = new(Protocol, "invalid_protocol_response");
    public static readonly TunnelFailure NotMcp = new(Protocol, "non_protocol_response");
    public static readonly TunnelFailure BrokenOff = new(TransportClosed, "unexpected_eof");
    public static readonly TunnelFailure Internal = new("client_internal", "unknown");

    private const int Version = 1;

    // The agent's reasons for failures on the path to the upstream. Others are decisions of the agent itself.
    private static readonly FrozenDictionary<string, TunnelFailure> ByReason = new Dictionary<string, TunnelFailure>(
        StringComparer.Ordinal
    )
    {
        [UpstreamFailures.NameUnresolved.Reason] = new("dns", "dns"),
        [UpstreamFailures.ConnectFailed.Reason] = new("connect", "dial"),
        [UpstreamFailures.ProxyFailed.Reason] = new("connect", "dial"),
        [UpstreamFailures.ConnectTimeout.Reason] = new("timeout", "timeout"),
        [UpstreamFailures.TlsFailed.Reason] = new("tls", "tls"),
        [UpstreamFailures.HeadersTimeout.Reason] = new("timeout", "timeout"),
        [UpstreamFailures.Closed.Reason] = new(TransportClosed, "connection_closed"),
        [UpstreamFailures.BadResponse.Reason] = new(Protocol, "invalid_protocol_response"),
        [UpstreamFailures.HeadersTooLarge.Reason] = new(Protocol, "invalid_protocol_response"),
        [UpstreamFailures.InnerAddress.Reason] = new(Protocol, "invalid_protocol_response"),
        [ChildFailures.ChildExited.Reason] = new(TransportClosed, "closed_pipe"),
        [ChildFailures.ChildFailed.Reason] = new(TransportClosed, "closed_pipe"),
        [ChildFailures.ChildNotStarted.Reason] = new("connect", "dial"),
        [ChildFailures.ChildOverrun.Reason] = new(Protocol, "response_body_too_large"),
        [ChildFailures.ChildBadOutput.Reason] = new(Protocol, "malformed_json"),
        [ChildFailures.ChildUnmatched.Reason] = new(Protocol, "invalid_protocol_response"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The server's own error status, 400 to 599; 0 for other failures.</summary>
    public int UpstreamStatus { get; private init; }

    public bool IsAfterResponse { get; private init; }

    /// <summary>The agent's own stable code; empty for none.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The agent's request id, as in its log; empty for none.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Takes precedence over later failures of the response.</summary>
    /// <param name="status">400 to 599.</param>
    public static TunnelFailure FromStatus(int status) =>
        new(TargetHttp, "http_status") { UpstreamStatus = status, IsAfterResponse = true };

    /// <summary>For a response whose head has arrived: the protocol calls a transport closed only before that.</summary>
    public TunnelFailure AfterResponse() =>
        this with
        {
            Source = Source == TransportClosed ? Protocol : Source,
            IsAfterResponse = true,
        };

    /// <param name="reason">The value of the agent's header <c>culvert-reason</c>.</param>
    public static TunnelFailure FromReason(string reason) =>
        (ByReason.TryGetValue(reason, out var known) ? known : Internal) with
        {
            Reason = reason,
        };

    /// <param name="id">The request's id, as written; empty for null.</param>
    public byte[] Format(ReadOnlySpan<byte> id)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WritePropertyName("id"u8);
            json.WriteRawValue(id.IsEmpty ? "null"u8 : id, skipInputValidation: true);
            json.WriteStartObject("error"u8);
            json.WriteNumber("code"u8, RpcText.InternalError);
            json.WriteString("message"u8, "The call failed in the tunnel or at the MCP server."u8);
            json.WriteStartObject("data"u8);
            if (Reason.Length > 0)
            {
                json.WriteString("error_code"u8, Reason);
            }

            if (RequestId.Length > 0)
            {
                json.WriteString("request_id"u8, RequestId);
            }

            json.WriteStartObject("tunnel_failure"u8);
            json.WriteNumber("version"u8, Version);
            json.WriteString("source"u8, Source);
            json.WriteString("transport_error_kind"u8, Kind);
            json.WriteBoolean("upstream_response_received"u8, IsAfterResponse);
            if (UpstreamStatus > 0)
            {
                json.WriteNumber("upstream_status"u8, UpstreamStatus);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The id for an error about a message: that of a request, otherwise none.</summary>
    public static ReadOnlyMemory<byte> GetId(McpMessage message) =>
        message.Kind == MessageKind.Request && !message.Has(MessageErrors.Unreadable | MessageErrors.Invalid)
            ? message.Id
            : default;
}
