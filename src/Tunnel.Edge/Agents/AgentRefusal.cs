namespace Culvert.Tunnel.Edge.Agents;

/// <summary>Why an agent was refused. Names are metric labels.</summary>
internal enum AgentRefusal
{
    None,

    EdgeFull,

    /// <summary>Too many connections of this address without a verified certificate, open or per second.</summary>
    SourceLimit,

    /// <summary>The edge has no certificate or feed yet.</summary>
    NotReady,

    /// <summary>The edge may not serve: its own certificate was withdrawn or has expired.</summary>
    Withdrawn,

    Handshake,

    /// <summary>The peer does not speak this protocol (ALPN).</summary>
    Protocol,

    /// <summary>The certificate was refused; the log names the reason.</summary>
    Certificate,

    /// <summary>The certificate is revoked in the edge's copy of the feed.</summary>
    Revoked,

    /// <summary>The tunnel is not one of this edge's, or belongs to another organization.</summary>
    UnknownTunnel,

    /// <summary>The tunnel is archived.</summary>
    TunnelNotActive,

    SourceRefused,

    /// <summary>The edge has had no contact to the service for longer than the grace.</summary>
    FeedStale,

    EdgeDraining,

    /// <summary>The agent sent no HELLO after the handshake.</summary>
    Hello,
}
