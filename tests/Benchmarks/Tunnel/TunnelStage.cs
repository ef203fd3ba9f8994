using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Policy;
using Culvert.Benchmarks.Servers;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// The complete tunnel as real processes, and next to it the same forwarder reached directly by TLS: the difference
/// between the two is what edge and multiplexing cost. Both end at the same upstream.
/// </summary>
internal sealed class TunnelStage : IAsyncDisposable
{
    private const int ClientsPerSecond = 100_000;

    private readonly List<ChildServer> servers = [];
    private readonly Installation installation;

    private TunnelStage(Installation installation, LoadTarget through)
    {
        this.installation = installation;
        Through = Direct = Policed = Joined = through;
    }

    public LoadTarget Through { get; private set; }

    public LoadTarget Direct { get; private set; }

    /// <summary>Through the tunnel as well, to the route with a policy; the others have none, so they are recorded.</summary>
    public LoadTarget Policed { get; private set; }

    /// <summary>Through the tunnel as well, to the composed route, if <c>routes</c> of the start had one.</summary>
    public LoadTarget Joined { get; private set; }

    public int EdgePid => installation.Edge.Process.Stamp.Pid;

    public int AgentPid => installation.Agent.Process.Stamp.Pid;

    public int UpstreamPid { get; private set; }

    /// <summary>Of what is behind <see cref="Direct"/>.</summary>
    public int ForwarderPid { get; private set; }

    /// <summary>Whatever is compiled while it runs: all of it, with the client (<see cref="Load.QuietRounds"/>).</summary>
    public IReadOnlyList<int> Pids => [EdgePid, AgentPid, UpstreamPid, ForwarderPid, Environment.ProcessId];

    /// <param name="checkout">Where the programs are.</param>
    /// <param name="folder">For everything that it makes.</param>
    /// <param name="delayMs">On the way between agent and edge, each way; 0 = nothing in between.</param>
    /// <param name="time">The clock of what waits.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="policy">Of a further route, on one line; empty = no such route.</param>
    /// <param name="isPublished">Whether the programs are those that are shipped, not those of the build.</param>
    /// <param name="routes">Further lines of a route's section, by its label; null = none.</param>
    public static async Task<TunnelStage> StartAsync(
        Checkout checkout,
        string folder,
        int delayMs,
        TimeProvider time,
        CancellationToken cancellationToken,
        string policy = "",
        bool isPublished = false,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? routes = null
    )
    {
        var run = new RunDirectory(folder, time);
        run.Create();
        var ports = PortProbe.FreeBlock();
        var spare = PortProbe.FreeBlock();
        var (upstreamPort, directPort, delayPort) = (spare.Api, spare.Machine, spare.Sni);
        var certificates = run.Folder("bench");
        await OpenSsl.CreateRootAsync(certificates, "ca", "/CN=Bench", cancellationToken);
        var options = new InstallationOptions
        {
            ManualTunnel = false,
            DangerousOpenRoute = true,
            Upstream = new Uri($"http://127.0.0.1:{upstreamPort}"),
            ClientsPerSecond = ClientsPerSecond,
            Policy = policy,
            Published = isPublished,
            RouteSettings = routes ?? new Dictionary<string, IReadOnlyList<string>>(),
            AgentAddress = delayMs > 0 ? $"127.0.0.1:{delayPort}" : null,
        };
        var installation = new Installation(
            checkout,
            run,
            ports,
            options,
            new StepReporter(TextWriter.Null, time),
            time
        );
        var stage = new TunnelStage(installation, new LoadTarget(new(0, 0), "", []));
        try
        {
            stage.UpstreamPid = await stage.ServeAsync("upstream", upstreamPort, certificates, cancellationToken);
            if (delayMs > 0)
            {
                await stage.ServeAsync(
                    "delay",
                    delayPort,
                    certificates,
                    cancellationToken,
                    $"{ports.Agents}",
                    $"{delayMs}"
                );
            }

            await installation.CreateAsync(cancellationToken);
            var tunnel = installation.Record.Tunnel;
            var host = $"{TunnelAgent.Route}.{tunnel.Domain}";
            var chain = await IssueAsync(certificates, host, cancellationToken);
            stage.ForwarderPid = await stage.ServeAsync(
                "forwarder",
                directPort,
                certificates,
                cancellationToken,
                chain,
                Path.Combine(certificates, "server.key"),
                tunnel.Domain,
                $"{upstreamPort}"
            );
            stage.Through = LoadTarget.Of(host, ports.Sni, tunnel.TrustBundle);
            stage.Policed = LoadTarget.Of($"{TunnelAgent.PolicedRoute}.{tunnel.Domain}", ports.Sni, tunnel.TrustBundle);
            stage.Joined = LoadTarget.Of($"{ComposedCalls.Route}.{tunnel.Domain}", ports.Sni, tunnel.TrustBundle);
            stage.Direct = LoadTarget.Of(host, directPort, Path.Combine(certificates, "ca.pem"));
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await installation.StopAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>
    /// A certificate below a CA below a root, as the tunnel's own is: a client then has the same to read and to verify.
    /// </summary>
    /// <returns>The file of the leaf and its intermediate; the key is next to it.</returns>
    private static async Task<string> IssueAsync(string folder, string host, CancellationToken cancellationToken)
    {
        await OpenSsl.CreateSubordinateAsync(folder, "issuing", "ca", cancellationToken);
        await OpenSsl.IssueServerAsync(folder, "server", "issuing", [$"DNS:{host}"], cancellationToken);
        return await OpenSsl.JoinAsync(folder, "server-chain.pem", ["server.pem", "issuing.pem"], cancellationToken);
    }

    private async Task<int> ServeAsync(
        string kind,
        int port,
        string folder,
        CancellationToken cancellationToken,
        params string[] arguments
    )
    {
        var server = await ChildServer.StartAsync(kind, port, folder, cancellationToken, arguments);
        servers.Add(server);
        return server.Pid;
    }
}
