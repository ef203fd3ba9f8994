using System.Net;
using System.Net.Sockets;

namespace Culvert.Testing;

/// <summary>
/// Ports for whoever must be told one before it listens. Whoever can listen on port 0 and be asked does so instead: then
/// nobody comes in between.
/// </summary>
public static class LoopbackPort
{
    /// <summary>A port of 127.0.0.1 that was free a moment ago.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
