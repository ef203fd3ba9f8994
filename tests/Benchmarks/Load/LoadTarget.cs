using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Benchmarks.Load;

/// <param name="ConnectTo">Where the name is taken to live.</param>
/// <param name="Host">TLS server name and <c>Host</c>.</param>
/// <param name="Roots">The only roots that are trusted.</param>
internal sealed record LoadTarget(IPEndPoint ConnectTo, string Host, X509Certificate2Collection Roots)
{
    /// <summary>Limits count by address, and one address has 28,000 ports: connections are spread over this many.</summary>
    private const int Sources = 16;

    private int connection;

    /// <summary>Whether TLS is carried by binary messages of a WebSocket, as a provider's connector does it.</summary>
    public bool IsWebSocket { get; init; }

    /// <summary>The address that the next connection comes from: 127.0.0.2 and so on, in turn.</summary>
    public IPAddress NextSource() =>
        new([127, 0, 0, (byte)(2 + (uint)Interlocked.Increment(ref connection) % Sources)]);

    /// <summary>A server on this machine.</summary>
    public static LoadTarget Of(string host, int port, string rootFile)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(rootFile);
        return new LoadTarget(new IPEndPoint(IPAddress.Loopback, port), host, roots);
    }
}
