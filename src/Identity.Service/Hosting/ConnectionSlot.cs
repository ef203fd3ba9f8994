using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Identity.Service.Hosting;

/// <summary>One connection in its port's <see cref="ConnectionLimiter"/>, which guards every member but the handshake's.</summary>
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

    /// <summary>The bounds per address count it; those of trusted balancers are not counted.</summary>
    public bool IsCounted => isCounted;

    /// <summary>Requests under way.</summary>
    public int Requests { get; set; }

    /// <summary>Its place among the idle ones; null = it serves a request, or has left.</summary>
    public LinkedListNode<ConnectionSlot>? Idle { get; set; }

    public bool HasLeft { get; set; }

    /// <summary>TLS is established, or the connection is over; whichever comes first.</summary>
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
