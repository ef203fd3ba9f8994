using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>
/// The form of a provider's channel <c>harpoon</c>. Its callers name a target by <c>label</c>; the agent renames that
/// member to <c>name</c> before a call arrives here, so that a route's policy checks a single name.
/// </summary>
internal sealed class HarpoonSurface : CalloutSurface
{
    public const string Channel = "harpoon";

    public static readonly HarpoonSurface Instance = new();

    private const long LeastTimeoutMs = 100;
    private const long MostTimeoutMs = 120_000;
    private const long MostRedirects = 5;

    private static readonly string[] Methods = ["GET", "POST", "PUT"];

    private static readonly string[] Members =
    [
        "name",
        "method",
        "headers",
        "body",
        "timeout_ms",
        "max_response_bytes",
        "follow_redirects",
        "max_redirects",
    ];

    // Removed in addition to the headers in HeaderRules: they describe the caller or its connection, not the call.
    private static readonly string[] CallerHeaders = ["Accept-Encoding", "Cookie", "User-Agent", "Via"];

    private HarpoonSurface() { }

    public override ReadOnlyMemory<byte> Definitions { get; } =
        """
        [{"name":"list_targets","description":"Lists the targets that may be called.","inputSchema":{"type":"object","properties":{"categories":{"type":"array","items":{"type":"string"},"description":"Target categories to include."},"sources":{"type":"array","items":{"type":"string"},"description":"Target sources to include."},"tags":{"type":"array","items":{"type":"string"},"description":"Target tags to include (all tags must match)."}},"additionalProperties":false},"annotations":{"readOnlyHint":true,"idempotentHint":true,"openWorldHint":false}},{"name":"call_target","description":"Calls one target by its label. Values given here can only lower the target's limits.","inputSchema":{"type":"object","properties":{"label":{"type":"string","pattern":"^[a-z0-9][a-z0-9_-]{0,63}$","minLength":1,"maxLength":64},"method":{"type":"string","enum":["GET","POST","PUT"]},"headers":{"type":"object","additionalProperties":{"type":"string"},"default":{}},"body":{"type":"string"},"timeout_ms":{"type":"integer","minimum":100,"maximum":120000},"max_response_bytes":{"type":"integer","minimum":1},"follow_redirects":{"type":"boolean","default":true},"max_redirects":{"type":"integer","minimum":0,"maximum":5}},"required":["label","method"],"additionalProperties":false},"annotations":{"openWorldHint":true}},{"name":"get_oauth_target_audience","description":"Returns the exact URL of an OAuth token endpoint, as the audience of a private_key_jwt assertion.","inputSchema":{"type":"object","properties":{"label":{"type":"string","pattern":"^[a-z0-9][a-z0-9_-]{0,63}$","minLength":1,"maxLength":64}},"required":["label"],"additionalProperties":false},"annotations":{"readOnlyHint":true,"idempotentHint":true,"openWorldHint":false}}]
        """u8.ToArray();

    public override bool HasAudience => true;

    public override bool Allows(string method) => Methods.Contains(method, StringComparer.Ordinal);

    public override CalloutRequest? ReadRequest(McpMessage message) => ReadArguments(message, ReadRequest);

    public override IReadOnlyList<CalloutTarget>? Select(McpMessage message, CalloutTargets targets) =>
        ReadArguments(message, arguments => CalloutFilter.Read(arguments)?.Select(targets.All.Where(IsCallable)));

    public override void WriteTarget(Utf8JsonWriter json, CalloutTarget target)
    {
        json.WriteString("label"u8, target.Name);
        if (target.Description.Length > 0)
        {
            json.WriteString("description"u8, target.Description);
        }

        json.WriteString("category"u8, target.Category);
        json.WriteString("source"u8, target.Category); // the protocol's sources are the agent's categories
        if (target.Tags.Count > 0)
        {
            WriteNames(json, "tags", target.Tags);
        }

        WriteNames(json, "allowed_methods", Methods.Intersect(target.Methods, StringComparer.Ordinal));
    }

    public override void WriteResult(Utf8JsonWriter json, CalloutResult result, CalloutTargets targets)
    {
        json.WriteNumber("status_code"u8, result.Status);
        json.WriteStartObject("headers"u8);
        foreach (var (name, values) in result.Headers)
        {
            WriteNames(json, ToCanonical(name), HarpoonUrls.RewriteHeader(name, values, targets));
        }

        json.WriteEndObject();
        var body = HarpoonUrls.RewriteBody(result.Body, targets);
        json.WriteBase64String("body_base64"u8, body.Span);
        json.WriteNumber("body_size_bytes"u8, body.Length);
        json.WriteBoolean("truncated"u8, false); // a longer response is refused as a whole
    }

    private bool IsCallable(CalloutTarget target) => target.Methods.Any(Allows);

    private static CalloutRequest? ReadRequest(JsonElement arguments) =>
        CalloutRequest.Read(arguments, Members) is { } request
        && arguments.TryGetProperty("method"u8, out _)
        && request.TimeoutMs is null or (>= LeastTimeoutMs and <= MostTimeoutMs)
        && request.MaxResponseBytes is null or >= 1
        && request.MaxRedirects is null or <= MostRedirects
            ? request with
            {
                Headers = SelectHeaders(request.Headers),
            }
            : null;

    // The headers that the caller's HTTP client adds are removed; the target must allow the rest.
    private static List<KeyValuePair<string, string>> SelectHeaders(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        string[] connection =
        [
            .. headers.Where(h => h.Key.Equals("Connection", StringComparison.OrdinalIgnoreCase)).Select(h => h.Value),
        ];
        return
        [
            .. headers.Where(h =>
                HeaderRules.ForwardsRequest(h.Key, connection)
                && !CallerHeaders.Contains(h.Key, StringComparer.OrdinalIgnoreCase)
            ),
        ];
    }

    // The protocol's agents write names in this case, and a caller may compare them case-sensitively.
    private static string ToCanonical(string name) =>
        string.Create(
            name.Length,
            name,
            static (letters, text) =>
            {
                for (var i = 0; i < text.Length; i++)
                {
                    letters[i] = i == 0 || text[i - 1] == '-' ? char.ToUpperInvariant(text[i]) : text[i];
                }
            }
        );
}
