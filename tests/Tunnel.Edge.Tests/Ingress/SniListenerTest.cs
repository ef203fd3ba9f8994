using System.Net.Sockets;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Edge.Tests.Support;

namespace Culvert.Tunnel.Edge.Tests.Ingress;

/// <summary>Clients of a running edge, and the bytes that they send and receive.</summary>
public abstract class SniListenerTest
{
    private protected static readonly byte[] Hello = Hellos.Build(Hellos.ServerName("docs." + TestPlatform.Domain));

    private protected static async Task<byte[]> ReceiveAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count; )
        {
            var more = await socket.ReceiveAsync(bytes.AsMemory(read)).AsTask().WaitAsync(Eventually.Limit);
            more.ShouldBeGreaterThan(0);
            read += more;
        }

        return bytes;
    }
}
