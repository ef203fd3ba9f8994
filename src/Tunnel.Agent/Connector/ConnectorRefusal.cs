namespace Culvert.Tunnel.Agent.Connector;

internal enum ConnectorRefusal
{
    TooManyConnections,

    /// <summary>The first byte starts neither TLS nor an HTTP request.</summary>
    NotTls,

    NotUpgrade,

    /// <summary>A browser page requested the WebSocket, or <c>Host</c> is a name that another site may own.</summary>
    FromBrowser,

    TextMessage,

    /// <summary>The first bytes, or the whole ClientHello, took too long.</summary>
    HandshakeTimeout,

    NoServerName,

    UnknownServerName,

    NotServing,

    /// <summary>The server inside the agent cannot accept the connection: no certificate, or overload.</summary>
    NotAccepted,

    /// <summary>No byte passed for <c>idle_timeout</c>.</summary>
    Idle,
}
