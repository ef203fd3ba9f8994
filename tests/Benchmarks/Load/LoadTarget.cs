using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Benchmarks.Load;

/// <param name="ConnectTo">Where the name is taken to live.</param>
/// <param name="Host">TLS server name and <c>Host</c>.</param>
/// <param name="Roots">The only roots that are trusted.</param>
internal sealed record LoadTarget(IPEndPoint ConnectTo, string Host, X509Certificate2Collection Roots)
{
    /// <summary>A server on this machine.</summary>
    public static LoadTarget Of(string host, int port, string rootFile)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(rootFile);
        return new LoadTarget(new IPEndPoint(IPAddress.Loopback, port), host, roots);
    }
}
