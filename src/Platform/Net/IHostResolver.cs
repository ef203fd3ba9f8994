using System.Net;

namespace Culvert.Platform.Net;

/// <summary>Finds the addresses of a host name. A boundary: tests decide what a name means.</summary>
public interface IHostResolver
{
    /// <summary>Every address of the name, in the order to try them.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name has no address, or no DNS server could be
    /// reached.</exception>
    ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken);
}
