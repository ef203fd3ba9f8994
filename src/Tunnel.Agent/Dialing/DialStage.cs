namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>How far a dial came.</summary>
internal enum DialStage
{
    /// <summary>The feed's address is not <c>host:port</c>.</summary>
    Address,

    /// <summary>Resolving or TCP.</summary>
    Connect,

    /// <summary>Outer TLS.</summary>
    Handshake,

    /// <summary>The peer's certificate was refused.</summary>
    Peer,

    /// <summary>TLS stood, but the edge ended the connection before its HELLO: it refused ours.</summary>
    Hello,
}
