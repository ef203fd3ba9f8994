using System.Net;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;
using Xunit;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>
/// The whole system of the quickstart for one test collection, in a folder of its own, with wire-taps where an observer
/// could stand: between agents and edge, and between agents and the MCP server.
/// </summary>
public abstract class RunningSystem : IAsyncLifetime
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private readonly TestFolder folder = new();
    private readonly StringWriter steps = new();
    private readonly bool isFounded; // whether it starts with a copy of what the run's systems share

    /// <param name="options">Of the installation.</param>
    /// <param name="areTapped">Whether agents reach edge and MCP server through the taps unless the options say how.</param>
    private protected RunningSystem(InstallationOptions options, bool areTapped = true)
    {
        isFounded = options is { HighAvailability: null, Published: false };
        // At the registered address listens a tap, what the options name, or the edge itself.
        var agentSide = TestRun.AgentSide;
        var (ports, hasTap) = (TestRun.Ports, areTapped && options.AgentAddress is null);
        if (!hasTap && options.AgentAddress is null)
        {
            ports = ports with { Agents = agentSide.Port };
        }

        AgentSide = new TcpTap(new IPEndPoint(IPAddress.Loopback, ports.Agents), hasTap ? agentSide.Port : 0);
        UpstreamSide = new TcpTap(new IPEndPoint(IPAddress.Loopback, ports.McpServer));
        Installation = new Installation(
            Checkout.Find(),
            new RunDirectory(folder.SystemPath, TimeProvider.System, options.Published ? null : TestRun.ProgramFolder),
            ports,
            areTapped
                ? options with
                {
                    AgentAddress = options.AgentAddress ?? AgentSide.EndPoint.ToString(),
                    Upstream = options.Upstream ?? new Uri($"http://{UpstreamSide.EndPoint}"),
                }
                : options,
            new StepReporter(steps, TimeProvider.System),
            TimeProvider.System
        );
    }

    internal Installation Installation { get; }

    /// <summary>Between the agents and the edge: what a capture on the edge's inner side would see.</summary>
    internal TcpTap AgentSide { get; }

    /// <summary>Between the agents and the MCP server: what really arrived there.</summary>
    internal TcpTap UpstreamSide { get; }

    /// <summary>Set when a test failed: its logs stay under <c>.run/test</c>.</summary>
    internal bool Failed { get; set; }

    internal IPEndPoint Ingress => IPEndPoint.Parse(Installation.Ingress);

    public virtual async ValueTask InitializeAsync()
    {
        try
        {
            await (
                isFounded
                    ? Installation.CreateFromAsync(await TestRun.FoundedAsync(), CancellationToken.None)
                    : Installation.CreateAsync(CancellationToken.None)
            );
        }
        catch (HopFailureException failure)
        {
            var log = failure.LogFile is { } file ? LogTail.Read(file, 20) : [];
            throw new InvalidOperationException(
                $"{failure.Hop}: {failure.Message}\n{steps}\n{string.Join('\n', log)}",
                failure
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Installation.StopAsync(StopGrace, CancellationToken.None);
        await AgentSide.DisposeAsync();
        await UpstreamSide.DisposeAsync();
        folder.Keep = Failed;
        folder.Dispose();
        await steps.DisposeAsync();
        await ReleaseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What a system of its own kind holds besides, once nothing runs any more.</summary>
    protected virtual ValueTask ReleaseAsync() => ValueTask.CompletedTask;

    /// <summary>A new client session through the automatic tunnel.</summary>
    internal async Task<McpCaller> ConnectAsync(
        CancellationToken cancellationToken,
        IPEndPoint? connectTo = null,
        TimeSpan? timeout = null
    )
    {
        var caller = new McpCaller(
            Installation.Endpoint,
            Installation.Record.Tunnel.TrustBundle,
            connectTo ?? Ingress,
            cancel => Installation.TokenAsync(Installation.Endpoint, cancel),
            timeout
        );
        try
        {
            await caller.InitializeAsync(cancellationToken);
            return caller;
        }
        catch
        {
            caller.Dispose();
            throw;
        }
    }

    /// <summary>Until every part can do its job: after a test that took parts away, before one that forgives nothing.</summary>
    internal async Task UntilReadyAsync(CancellationToken cancellationToken)
    {
        await UntilReadyAsync(Installation.Service.Process, Installation.Service.Health, cancellationToken);
        await UntilReadyAsync(Installation.Edge.Process, Installation.Edge.Health, cancellationToken);
        await UntilReadyAsync(Installation.Agent.Process, Installation.Agent.Health, cancellationToken);
    }

    /// <summary>Runs the very same command again, and waits until it can do its job.</summary>
    internal async Task RestartAsync(ProgramProcess process, HealthProbe health, CancellationToken cancellationToken)
    {
        process.Start();
        Installation.RecordProcesses();
        await UntilReadyAsync(process, health, cancellationToken);
    }

    private static Task UntilReadyAsync(
        ProgramProcess process,
        HealthProbe health,
        CancellationToken cancellationToken
    ) =>
        Readiness.UntilAsync(
            process,
            health.ObstacleAsync,
            TimeSpan.FromSeconds(60),
            TimeProvider.System,
            cancellationToken
        );
}
