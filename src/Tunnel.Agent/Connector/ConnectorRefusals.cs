namespace Culvert.Tunnel.Agent.Connector;

/// <summary>The names of refusals in metrics, and their descriptions in the log.</summary>
internal static class ConnectorRefusals
{
    public static string ToLabel(ConnectorRefusal refusal) =>
        refusal switch
        {
            ConnectorRefusal.TooManyConnections => "too_many_connections",
            ConnectorRefusal.NotTls => "not_tls",
            ConnectorRefusal.NotUpgrade => "not_upgrade",
            ConnectorRefusal.FromBrowser => "from_browser",
            ConnectorRefusal.TextMessage => "text_message",
            ConnectorRefusal.HandshakeTimeout => "handshake_timeout",
            ConnectorRefusal.NoServerName => "no_server_name",
            ConnectorRefusal.UnknownServerName => "unknown_server_name",
            ConnectorRefusal.NotServing => "not_serving",
            ConnectorRefusal.Idle => "idle",
            _ => "not_accepted",
        };

    public static string Describe(ConnectorRefusal refusal) =>
        refusal switch
        {
            ConnectorRefusal.TooManyConnections =>
                "max_connections connections are open. Raise it, or run another agent.",
            ConnectorRefusal.NotTls =>
                "it began with neither TLS nor an HTTP request. Let the connector connect to this port by http://, without TLS of its own.",
            ConnectorRefusal.NotUpgrade =>
                "it was an HTTP request without an upgrade to WebSocket. Only the provider's connector should use this port.",
            ConnectorRefusal.FromBrowser =>
                "a browser sent it, or its Host is neither an address nor localhost. Let the connector connect to the address.",
            ConnectorRefusal.TextMessage => "it sent a text message. Inner TLS needs binary messages.",
            ConnectorRefusal.HandshakeTimeout => "the client's TLS did not begin in time.",
            ConnectorRefusal.NoServerName => "the client's bytes were not a TLS ClientHello with a server name.",
            ConnectorRefusal.UnknownServerName => "no route of the tunnel has the client's server name.",
            ConnectorRefusal.NotServing => "the agent may not serve now.",
            ConnectorRefusal.Idle => "no byte passed for idle_timeout.",
            _ => "the agent could not take it.",
        };
}
