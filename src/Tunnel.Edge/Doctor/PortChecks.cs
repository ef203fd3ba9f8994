using System.Net;
using System.Net.Sockets;
using Culvert.Machine.Client.State;
using Culvert.Platform.Doctor;
using Culvert.Platform.Health;
using Culvert.Platform.Net;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Hosting;

namespace Culvert.Tunnel.Edge.Doctor;

/// <summary>Checks that the edge listens, that it has enough file descriptors, and that DNS names lead to it.</summary>
internal sealed class PortChecks(EdgeSettings settings, EdgeMemory memory, IHostResolver? resolver = null)
{
    public const string Ports = "listeners";
    public const string Descriptors = "descriptors";
    public const string Names = "tunnel_names";

    public static readonly IReadOnlyList<string> Ids = [Ports, Descriptors, Names];

    /// <summary>Each client needs one descriptor; this many are for the .NET process and its listeners.</summary>
    private const int OwnDescriptors = 256;

    private const int MostNames = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <param name="running">Whether the edge runs, and is ready.</param>
    public async Task<IReadOnlyList<DoctorFinding>> RunAsync(
        DoctorFinding running,
        CancellationToken cancellationToken
    ) =>
        [
            await CheckPortsAsync(runs: running.Status == DoctorStatus.Pass, cancellationToken),
            CheckDescriptors(),
            await CheckNamesAsync(cancellationToken),
        ];

    /// <summary>Dials each port if the edge runs; otherwise binds each port and releases it at once.</summary>
    private async Task<DoctorFinding> CheckPortsAsync(bool runs, CancellationToken cancellationToken)
    {
        var (good, bad) = (new List<string>(), new List<string>());
        foreach (
            var (name, endPoint) in Listeners("agents", settings.Agents.Listen)
                .Concat(Listeners("sni", settings.Sni.Listen))
                .Concat(Listeners("connect", settings.Connect.Listen))
        )
        {
            try
            {
                if (runs)
                {
                    await DialAsync(endPoint, cancellationToken);
                }
                else
                {
                    TcpListeners.Listen(endPoint).Dispose();
                }

                good.Add($"{name}: {endPoint}");
            }
            catch (Exception e) when (e is SocketException or TimeoutException)
            {
                bad.Add($"{name}: {endPoint}: {e.Message}");
            }
        }

        return (
            bad.Count == 0
                ? DoctorFinding.Pass(
                    Ports,
                    runs ? "Every listener accepts connections." : "Every address can be listened on."
                )
                : DoctorFinding.Fail(
                    Ports,
                    runs ? $"{bad[0]} does not accept connections." : $"{bad[0]} cannot be listened on.",
                    runs
                        ? "The running edge was started with another configuration, or a firewall blocks the port."
                        : "Another program has the port, the address is not this machine's, or the port needs a privilege.",
                    runs ? "Restart the edge." : "Find the owner of the port: ss -ltnp"
                )
        ) with
        {
            Evidence = [.. bad, .. good],
        };
    }

    private static IEnumerable<(string, IPEndPoint)> Listeners(string name, IReadOnlyList<IPEndPoint> endPoints) =>
        endPoints.Select(endPoint => (name, endPoint));

    private static async Task DialAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket
            .ConnectAsync(RunningProgram.Reachable(endPoint), cancellationToken)
            .AsTask()
            .WaitAsync(Limit, cancellationToken);
    }

    private DoctorFinding CheckDescriptors()
    {
        var wanted = (long)settings.Clients.MaxConnections + settings.Agents.MaxConnections + OwnDescriptors;
        return OpenFiles.Limit is not { } limit
                ? DoctorFinding.Skip(Descriptors, "This system does not report its limit.")
            : limit >= wanted
                ? DoctorFinding.Pass(Descriptors, $"The limit is {limit} open files; {wanted} are needed.")
            : new DoctorFinding
            {
                Id = Descriptors,
                Status = DoctorStatus.Warn,
                Summary = $"The limit is {limit} open files; the configured limits need {wanted}.",
                Why = "At the limit new connections wait in the kernel instead of being refused.",
                Next = [$"Set LimitNOFILE={wanted} in the unit, or lower clients.max_connections."],
            };
    }

    private async Task<DoctorFinding> CheckNamesAsync(CancellationToken cancellationToken)
    {
        if (memory.Feed is not { Tunnels.Count: > 0 } feed)
        {
            return DoctorFinding.Skip(Names, "No tunnel is known before the first feed.");
        }

        var (good, bad) = (new List<string>(), new List<string>());
        foreach (var domain in feed.Tunnels.Select(t => t.Domain).Distinct(StringComparer.Ordinal).Take(MostNames))
        {
            try
            {
                var found = await (resolver ?? SystemHostResolver.Instance).ResolveAsync(domain, cancellationToken);
                good.Add($"{domain}: {string.Join(", ", found)}");
            }
            catch (SocketException e)
            {
                bad.Add($"{domain}: {e.Message}");
            }
        }

        return (
            bad.Count == 0
                ? DoctorFinding.Pass(Names, "The tunnels' domains resolve on this machine.")
                : new DoctorFinding
                {
                    Id = Names,
                    Status = DoctorStatus.Warn,
                    Summary = $"{bad.Count} of the tunnels' domains do not resolve on this machine.",
                    Why = "Clients find an edge by these names; they may use another DNS than this machine.",
                    Next = ["Publish the records that `culvert dns export` prints."],
                }
        ) with
        {
            Evidence = [.. bad, .. good],
        };
    }
}
