namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>The stage at which a dial failed.</summary>
internal enum DialStage
{
    /// <summary>The feed's address is not <c>host:port</c>.</summary>
    Address,

    /// <summary>Name resolution or TCP.</summary>
    Connect,

    /// <summary>The outer TLS handshake.</summary>
    Handshake,

    /// <summary>The agent refused the edge's certificate.</summary>
    Peer,

    /// <summary>TLS succeeded, but the edge refused the agent's certificate: it closed before its HELLO.</summary>
    Hello,
}
