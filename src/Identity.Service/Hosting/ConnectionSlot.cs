using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Identity.Service.Hosting;

/// <summary>A connection in its <see cref="ConnectionLimiter"/>, whose lock guards all but the handshake.</summary>
internal sealed class ConnectionSlot(
    ConnectionLimiter limiter,
    ConnectionContext connection,
    IPAddress address,
    bool isCounted
)
{
    private int handshakeEnded;

    public ConnectionContext Connection => connection;

    public IPAddress Address => address;

    /// <summary>Whether the limits per address count it; connections of trusted balancers are not counted.</summary>
    public bool IsCounted => isCounted;

    public int Requests { get; set; }

    /// <summary>Its place in the list of idle connections; null if it serves a request or is closed.</summary>
    public LinkedListNode<ConnectionSlot>? Idle { get; set; }

    public bool HasLeft { get; set; }

    /// <summary>The handshake ends when TLS is established or the connection is closed.</summary>
    public void EndHandshake()
    {
        if (Interlocked.Exchange(ref handshakeEnded, 1) == 0)
        {
            limiter.EndHandshake(this);
        }
    }

    public void BeginRequest() => limiter.BeginRequest(this);

    public void EndRequest() => limiter.EndRequest(this);
}
