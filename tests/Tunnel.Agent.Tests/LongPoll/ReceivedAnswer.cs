using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>One answer as the control plane received it.</summary>
internal sealed class ReceivedAnswer(RecordedRequest request)
{
    public RecordedRequest Request => request;

    public string Text { get; } = Encoding.UTF8.GetString(request.Body);

    private readonly JsonElement body = JsonDocument.Parse(request.Body).RootElement;

    public string RequestId => body.GetProperty("request_id").GetString()!;

    public string Type => body.GetProperty("resp_type").GetString()!;

    public int Code => body.GetProperty("resp_code").GetInt32();

    public string Channel => body.GetProperty("channel").GetString()!;

    /// <summary>As it was written; null where there is none.</summary>
    public string? Json => body.TryGetProperty("resp_json", out var json) ? json.GetRawText() : null;

    /// <summary>Member <c>tunnel_failure</c> of an error that the agent made.</summary>
    public JsonElement Failure =>
        body.GetProperty("resp_json").GetProperty("error").GetProperty("data").GetProperty("tunnel_failure");

    public string? Header(string name) =>
        body.GetProperty("resp_headers").TryGetProperty(name, out var values) ? values[0].GetString() : null;

    /// <summary>All values of a header.</summary>
    public IEnumerable<string?> Headers(string name) =>
        body.GetProperty("resp_headers").GetProperty(name).EnumerateArray().Select(v => v.GetString());

    public string HeaderNames =>
        string.Join(',', body.GetProperty("resp_headers").EnumerateObject().Select(h => h.Name));
}
