namespace Culvert.Platform.Certificates;

/// <summary>What a peer must be to be let in, and which side of the handshake it took.</summary>
public enum PeerRole
{
    /// <summary>An agent that dials us: client authentication.</summary>
    Agent,

    /// <summary>An edge that dials us (8444): client authentication.</summary>
    EdgeClient,

    /// <summary>An edge that we dial (7844): server authentication.</summary>
    EdgeServer,

    /// <summary>The service that we dial (8444): server authentication.</summary>
    Service,
}
