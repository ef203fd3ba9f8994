using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Identity.Service.Hosting;

/// <summary>
/// A connection in its port's <see cref="ConnectionLimiter"/>, whose lock guards every member except the handshake's.
/// </summary>
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

    /// <summary>The requests in progress.</summary>
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
