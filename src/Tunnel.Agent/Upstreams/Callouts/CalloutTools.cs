namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>The two tools, as <c>tools/list</c> shows them.</summary>
internal static class CalloutTools
{
    public const string List = "list_targets";
    public const string Call = "call_target";

    public static ReadOnlySpan<byte> Definitions =>
        """
        [{"name":"list_targets","description":"Lists the targets that may be called, with their methods and limits.","inputSchema":{"type":"object","properties":{},"additionalProperties":false},"annotations":{"readOnlyHint":true}},{"name":"call_target","description":"Calls one target by its name. Values given here can only lower the target's limits.","inputSchema":{"type":"object","properties":{"name":{"type":"string"},"method":{"type":"string","default":"GET"},"headers":{"type":"object","additionalProperties":{"type":"string"}},"body":{"type":"string"},"body_base64":{"type":"string"},"timeout_ms":{"type":"integer","minimum":0},"max_response_bytes":{"type":"integer","minimum":0},"max_redirects":{"type":"integer","minimum":0}},"required":["name"],"additionalProperties":false}}]
        """u8;
}
