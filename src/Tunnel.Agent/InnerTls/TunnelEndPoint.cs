using System.Net;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>The address of the inner server, which listens on tunnel streams and not on a socket.</summary>
internal sealed class TunnelEndPoint : EndPoint
{
    public static readonly TunnelEndPoint Instance = new();

    private TunnelEndPoint() { }

    public override string ToString() => "tunnel";
}
