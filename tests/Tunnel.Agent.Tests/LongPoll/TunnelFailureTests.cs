using System.Reflection;
using System.Text.Json;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>Every error that the agent can make fits the schema that the protocol publishes for it.</summary>
public sealed class TunnelFailureTests
{
    private static readonly string[] Sources =
    [
        "target_http",
        "dns",
        "tls",
        "connect",
        "transport_closed",
        "timeout",
        "protocol",
        "client_internal",
    ];

    private static readonly string[] Kinds =
    [
        "closed_pipe",
        "connection_aborted",
        "connection_closed",
        "connection_refused",
        "connection_reset",
        "dial",
        "dns",
        "eof",
        "host_unreachable",
        "http_status",
        "invalid_mcp_error",
        "invalid_protocol_response",
        "malformed_json",
        "network_unreachable",
        "non_protocol_response",
        "response_body_missing",
        "response_body_too_large",
        "response_body_unreadable",
        "timeout",
        "tls",
        "unexpected_eof",
        "unknown",
    ];

    [Fact]
    public void Format_EveryFailure_FitsTheSchema()
    {
        var constants = typeof(TunnelFailure)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(f => f.FieldType == typeof(TunnelFailure))
            .Select(f => (TunnelFailure)f.GetValue(null)!)
            .ToList();
        constants.ShouldNotBeEmpty();
        var all = constants
            .Concat(constants.Select(f => f.AfterResponse()))
            .Concat(Failures.All.Select(f => TunnelFailure.FromReason(f.Reason)))
            .Concat(Enumerable.Range(400, 200).Select(TunnelFailure.FromStatus));
        foreach (var failure in all)
        {
            Check(failure);
        }
    }

    [Fact]
    public void Format_OwnRefusal_HasReasonAndRequestId()
    {
        var failure = TunnelFailure.FromReason("upstream.connect_failed") with { RequestId = "req_01" };

        using var json = JsonDocument.Parse(failure.Format("7"u8));

        var data = json.RootElement.GetProperty("error").GetProperty("data");
        data.GetProperty("error_code").GetString().ShouldBe("upstream.connect_failed");
        data.GetProperty("request_id").GetString().ShouldBe("req_01");
    }

    private static void Check(TunnelFailure failure)
    {
        using var json = JsonDocument.Parse(failure.Format("7"u8));
        var written = json.RootElement.GetProperty("error").GetProperty("data").GetProperty("tunnel_failure");
        var text = written.GetRawText();
        var source = written.GetProperty("source").GetString();
        var received = written.GetProperty("upstream_response_received").GetBoolean();

        written.GetProperty("version").GetInt32().ShouldBe(1, text);
        Sources.ShouldContain(source, text);
        Kinds.ShouldContain(written.GetProperty("transport_error_kind").GetString(), text);
        if (source == "target_http")
        {
            received.ShouldBeTrue(text);
            written.GetProperty("upstream_status").GetInt32().ShouldBeInRange(400, 599, text);
        }
        else
        {
            written.TryGetProperty("upstream_status", out _).ShouldBeFalse(text);
        }

        if (source == "transport_closed")
        {
            received.ShouldBeFalse(text);
        }
    }
}
