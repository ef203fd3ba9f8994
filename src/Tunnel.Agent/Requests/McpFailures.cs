namespace Culvert.Tunnel.Agent.Requests;

/// <summary>What is wrong with an MCP message, its headers or its session.</summary>
internal static class McpFailures
{
    public static readonly Failure SessionUnknown = Failures.Get("agent.session_unknown");
    public static readonly Failure MessageUnreadable = Failures.Get("agent.message_unreadable");
    public static readonly Failure HeadersContradict = Failures.Get("agent.headers_contradict");
    public static readonly Failure MessageTooLarge = Failures.Get("agent.message_too_large");
    public static readonly Failure BodiesCrowded = Failures.Get("agent.bodies_crowded");
    public static readonly Failure PathUnknown = Failures.Get("agent.path_unknown");
    public static readonly Failure MethodNotAllowed = Failures.Get("agent.method_not_allowed");
    public static readonly Failure NotAcceptable = Failures.Get("agent.not_acceptable");
    public static readonly Failure VersionUnreadable = Failures.Get("agent.version_unreadable");
    public static readonly Failure VersionUnsupported = Failures.Get("agent.version_unsupported");
    public static readonly Failure EnvelopeInvalid = Failures.Get("agent.envelope_invalid");
    public static readonly Failure EventUnknown = Failures.Get("agent.event_unknown");
    public static readonly Failure SessionMissing = Failures.Get("agent.session_missing");
}
