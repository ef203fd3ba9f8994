using System.Net;
using System.Net.Sockets;
using Culvert.Testing;
using Culvert.Testing.Faults;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>The same without paths in between: the work of this process for a flood would be measured as ours.</summary>
public sealed class FloodSystem : FaultSystem
{
    public FloodSystem()
        : base(new FaultRelay(Soak.SeedOr(1)), new FaultRelay(Soak.SeedOr(2)), FreePort()) { }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
