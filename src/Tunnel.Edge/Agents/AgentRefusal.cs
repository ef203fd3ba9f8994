namespace Culvert.Tunnel.Edge.Agents;

/// <summary>Why an agent was turned away. Names are metric labels.</summary>
internal enum AgentRefusal
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>More outer connections than the edge accepts.</summary>
    EdgeFull,

    /// <summary>Too many connections of this address without a verified certificate, open or per second.</summary>
    SourceLimit,

    /// <summary>The edge has no certificate or feed yet.</summary>
    NotReady,

    /// <summary>The edge may not serve: its own certificate was withdrawn or expired.</summary>
    Withdrawn,

    /// <summary>TLS failed or took too long.</summary>
    Handshake,

    /// <summary>The peer does not speak this protocol (ALPN).</summary>
    Protocol,

    /// <summary>The certificate was refused; the log names the reason.</summary>
    Certificate,

    /// <summary>The certificate's serial is on the revocation copy.</summary>
    Revoked,

    /// <summary>The tunnel is not among those of this edge, or belongs to another organization.</summary>
    UnknownTunnel,

    /// <summary>The tunnel is archived.</summary>
    TunnelNotActive,

    /// <summary>The address is outside the tunnel's agent ranges.</summary>
    SourceRefused,

    /// <summary>The service has been silent for longer than the grace.</summary>
    FeedStale,

    /// <summary>An operator drains this edge.</summary>
    EdgeDraining,

    /// <summary>No HELLO followed the handshake.</summary>
    Hello,
}
