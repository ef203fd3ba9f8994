namespace Culvert.Platform.Certificates;

/// <summary>The required role of a peer, and its side of the handshake.</summary>
public enum PeerRole
{
    /// <summary>An agent that connects to this machine: client authentication.</summary>
    Agent,

    /// <summary>An edge that connects to this machine (8444): client authentication.</summary>
    EdgeClient,

    /// <summary>An edge that this machine dials (7844): server authentication.</summary>
    EdgeServer,

    /// <summary>The service that this machine dials (8444): server authentication.</summary>
    Service,
}
