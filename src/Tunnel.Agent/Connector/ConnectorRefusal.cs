namespace Culvert.Tunnel.Agent.Connector;

/// <summary>Why a connection was refused before it carried a request.</summary>
internal enum ConnectorRefusal
{
    /// <summary><c>max_connections</c> connections are open.</summary>
    TooManyConnections,

    /// <summary>The first byte starts neither TLS nor an HTTP request.</summary>
    NotTls,

    /// <summary>An HTTP request without a WebSocket upgrade.</summary>
    NotUpgrade,

    /// <summary>
    /// A page in a browser requested the WebSocket, or its <c>Host</c> is a name that another site may own.
    /// </summary>
    FromBrowser,

    /// <summary>The WebSocket carried a text message.</summary>
    TextMessage,

    /// <summary>The first bytes, or the whole ClientHello, took too long.</summary>
    HandshakeTimeout,

    /// <summary>The first bytes are not a ClientHello with a server name.</summary>
    NoServerName,

    /// <summary>No route of the tunnel has the server name.</summary>
    UnknownServerName,

    /// <summary>The agent must not serve now.</summary>
    NotServing,

    /// <summary>The server inside the agent cannot accept the connection: no certificate, or overload.</summary>
    NotAccepted,

    /// <summary>No byte passed for <c>idle_timeout</c>.</summary>
    Idle,
}
