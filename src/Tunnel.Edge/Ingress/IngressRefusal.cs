namespace Culvert.Tunnel.Edge.Ingress;

/// <summary>Why a client was turned away before anything was relayed. Names are metric labels.</summary>
internal enum IngressRefusal
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>More connections than the edge takes at all.</summary>
    EdgeFull,

    /// <summary>Too many connections of this address, open or per second.</summary>
    SourceLimit,

    /// <summary>No whole hello in time, or the client left.</summary>
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

    /// <summary>A certificate challenge that nobody announced (S25).</summary>
    AcmeNotAnnounced,

    /// <summary>More looks at the name of an announced challenge than one makes (S25).</summary>
    AcmeRate,

    /// <summary>An operator has paused the tunnel.</summary>
    TunnelPaused,

    /// <summary>The first bytes are no PROXY header, or one that names no client.</summary>
    ProxyHeader,

    /// <summary>A PROXY header is required and the peer is not among those that may send one.</summary>
    ProxyUntrusted,

    /// <summary>The outer TLS of the CONNECT ingress failed or took too long.</summary>
    OuterHandshake,

    /// <summary>What follows the outer handshake is no CONNECT request that this ingress takes (S22).</summary>
    BadConnect,

    /// <summary>No certificate that a client CA of the tunnel vouches for under one of its identities (S22).</summary>
    ClientNotProven,

    /// <summary>The hello inside the CONNECT names another server than the request.</summary>
    ServerNameDiffers,

    /// <summary>The tunnel has more connections than it may, or too many new ones.</summary>
    TunnelLimit,

    /// <summary>No agent can take the connection (S23).</summary>
    NoAgent,

    /// <summary>No feed has ever arrived.</summary>
    NotReady,
}
