namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>Why a client was turned away before anything was relayed. Names are metric labels.</summary>
internal enum IngressRefusal
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>More connections than the edge accepts in total.</summary>
    EdgeFull,

    /// <summary>Too many connections of this address, open or per second.</summary>
    SourceLimit,

    /// <summary>No complete hello within the time limit, or the client disconnected.</summary>
    HelloTimeout,

    /// <summary>The first bytes are not TLS.</summary>
    NotTls,

    /// <summary>No well-formed hello.</summary>
    MalformedHello,

    /// <summary>The hello exceeds its bound.</summary>
    HelloTooLarge,

    /// <summary>The hello names no server.</summary>
    NoServerName,

    /// <summary>No active tunnel serves the name (S23).</summary>
    UnknownName,

    /// <summary>The tunnel allows no client addresses at all (S21).</summary>
    SourceRangesEmpty,

    /// <summary>The address is outside the tunnel's client ranges (S23).</summary>
    SourceRefused,

    /// <summary>A certificate challenge that no agent announced (S25).</summary>
    AcmeNotAnnounced,

    /// <summary>More validations of an announced challenge's name than one challenge needs (S25).</summary>
    AcmeRate,

    /// <summary>An operator has paused the tunnel.</summary>
    TunnelPaused,

    /// <summary>The first bytes are not a PROXY header, or the header names no client.</summary>
    ProxyHeader,

    /// <summary>A PROXY header is required and the peer is not among those that may send one.</summary>
    ProxyUntrusted,

    /// <summary>The outer TLS of the CONNECT ingress failed or took too long.</summary>
    OuterHandshake,

    /// <summary>The data after the outer handshake is not a CONNECT request that this ingress accepts (S22).</summary>
    BadConnect,

    /// <summary>The client has no certificate of the tunnel's client CAs with an admitted identity (S22).</summary>
    ClientNotProven,

    /// <summary>The hello inside the CONNECT names another server than the request.</summary>
    ServerNameDiffers,

    /// <summary>The tunnel exceeds its limit of connections or of new connections.</summary>
    TunnelLimit,

    /// <summary>No agent can accept the connection (S23).</summary>
    NoAgent,

    /// <summary>No feed has ever arrived.</summary>
    NotReady,
}
