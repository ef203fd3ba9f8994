using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Hosting;

/// <summary>The limits of a port: open connections and handshakes, and the rate of new connections.</summary>
internal sealed record ConnectionBounds(
    int Connections,
    int ConnectionsPerAddress,
    int HandshakesPerAddress,
    Rate NewPerAddress
)
{
    // A large descriptor limit does not guarantee memory: each connection costs some tens of kilobytes.
    private const int MostApi = 16_384;
    private const int MostMachine = 65_536;

    // Used if the system's limit is unknown: the usual soft limit of a process.
    private const long AssumedDescriptors = 1024;

    /// <summary>
    /// The most connections without a complete PROXY header, which do not count as <see cref="Connections"/> yet.
    /// Balancers send the header at once, so a few suffice.
    /// </summary>
    public int HeadersAtOnce => Math.Max(Connections / 8, 1);

    /// <summary>
    /// Half of the descriptors are for the API's port and a quarter for the machines' port: no port uses up the
    /// other's, and the database, the log and outgoing connections have the rest.
    /// </summary>
    public static ConnectionBounds For(Listener listener, LimitOptions limits, long? descriptors)
    {
        var all = descriptors ?? AssumedDescriptors;
        var (wanted, derived) =
            listener == Listener.Api
                ? (limits.ApiConnections, Math.Min(all / 2, MostApi))
                : (limits.MachineConnections, Math.Min(all / 4, MostMachine));
        var connections = wanted > 0 ? wanted : (int)Math.Max(derived, 1);
        return new ConnectionBounds(
            connections,
            limits.ConnectionsPerAddress > 0 ? limits.ConnectionsPerAddress : Math.Max(connections / 2, 1),
            limits.HandshakesPerAddress,
            new Rate(limits.NewConnectionsPerAddress.Count, limits.NewConnectionsPerAddress.Per)
        );
    }
}
