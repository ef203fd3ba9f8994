using System.Net;

namespace Culvert.Platform.Net;

/// <summary>Resolves host names. An interface so that tests can replace DNS.</summary>
public interface IHostResolver
{
    /// <summary>All addresses of the name, in the order to try them.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name has no address, or no DNS server answers.</exception>
    ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken);
}
