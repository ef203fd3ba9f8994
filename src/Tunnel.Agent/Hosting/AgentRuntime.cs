using System.Collections.Concurrent;
using System.Threading.Channels;
using Culvert.Platform.Health;
using Culvert.Platform.Identity;
using Culvert.Platform.Issuers;
using Culvert.Platform.Logging;
using Culvert.Platform.Metrics;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Dialing;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Ui;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>
/// The running agent: makes its parts, joins them, and takes them down in order. Credentials and feed decide what the
/// fleet dials and what the routes hang under; nothing of that needs a restart.
/// </summary>
internal sealed class AgentRuntime : IAsyncDisposable
{
    private const int HttpsPort = 443;

    private readonly AgentSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger<AgentRuntime> logger;
    private readonly AgentMetrics metrics;
    private readonly RecentLines? lines;
    private readonly MetricsText metricsText = new("Culvert");
    private readonly ILoggerFactory loggers;
    private readonly UpstreamFactory upstreams;
    private readonly ConfigWatch<AgentSettings>? watch;
    private readonly Channel<AgentSettings> changes = Channel.CreateBounded<AgentSettings>(1);
    private readonly RouteMap map = new();
    private readonly LeafSlot leaves;
    private readonly LeafFiles? leafFiles;
    private readonly AuditTrail trail;
    private readonly InnerServer server;
    private readonly EdgeFleet fleet;
    private readonly CredentialManager<AgentFeed> credentials;
    private readonly Lock gate = new(); // one state is applied at a time, the later one last
    private readonly ConcurrentDictionary<Task, bool> retiring = [];
    private volatile RouteGeneration generation;
    private volatile bool draining;
    private volatile bool isPortMissing;

    /// <param name="settings">What it starts with.</param>
    /// <param name="state">Its state directory.</param>
    /// <param name="loggers">Makes its log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="watch">Tells of changes to the file; null: there are none.</param>
    /// <param name="lines">The end of the log, for the status page.</param>
    public AgentRuntime(
        AgentSettings settings,
        StateDirectory state,
        ILoggerFactory loggers,
        TimeProvider time,
        ConfigWatch<AgentSettings>? watch = null,
        RecentLines? lines = null
    )
    {
        (this.settings, this.loggers, this.time, this.watch, this.lines) = (settings, loggers, time, watch, lines);
        metrics = new AgentMetrics(time);
        logger = loggers.CreateLogger<AgentRuntime>();
        upstreams = new UpstreamFactory(
            new Forwarder(metrics, time, loggers.CreateLogger<Forwarder>()),
            metrics,
            time,
            loggers
        );
        generation = new RouteGeneration(settings, upstreams, time, loggers);
        if (watch is not null)
        {
            metrics.WatchConfiguration(() => watch.Refused);
        }

        leaves = new LeafSlot(settings.Certificates.Protocols, time, loggers.CreateLogger<LeafSlot>());
        metrics.WatchLeaf(() => (leaves.Current?.Pair.NotAfter - time.GetUtcNow())?.TotalSeconds);
        leafFiles = settings.Certificates.FromFiles
            ? new LeafFiles(
                settings.Certificates.CertificateFile,
                settings.Certificates.KeyFile,
                time,
                loggers.CreateLogger<LeafFiles>()
            )
            : null;
        trail = OpenTrail(state, loggers);
        server = CreateServer(loggers);
        fleet = CreateFleet(state, loggers);
        credentials = CreateCredentials(state, loggers);
    }

    /// <summary>What <c>/readyz</c> asks.</summary>
    public IReadOnlyList<ReadinessCheck> Checks =>
        [
            .. credentials.Checks,
            ReadinessCheck.Of("inner_certificate", CheckLeaf),
            ReadinessCheck.Of("edges", CheckEdges),
            ReadinessCheck.Of("upstreams", CheckUpstreams),
            ReadinessCheck.Of("issuers", CheckIssuers),
            ReadinessCheck.Of("audit", CheckAudit),
            ReadinessCheck.Of(
                "configuration",
                () => watch is { Problem: { Length: > 0 } problem } ? problem : null
            ) with
            {
                IsAdvisory = true,
            },
        ];

    /// <summary>Serves until cancelled, then drains. What is wrong outside heals by itself and shows in readiness.</summary>
    /// <exception cref="IOException">The health address cannot be listened on.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Log.Starting(logger, ProductVersion.Text, settings.Tunnel.Id);
        Announce();
        await server.StartAsync(cancellationToken);
        var endpoints = new HealthEndpoints(Checks, metricsText, time);
        await using var health = await HealthServer.StartAsync(
            settings.Health,
            endpoints,
            cancellationToken,
            new StatusPage(cancel => LookAsync(endpoints, cancel)).HandleAsync
        );
        using var background = new CancellationTokenSource();
        using var audit = new CancellationTokenSource();
        var recording = trail.RunAsync(audit.Token);
        Task[] running =
        [
            credentials.RunAsync(background.Token),
            leafFiles?.RunAsync(leaves, background.Token) ?? Task.CompletedTask,
            RunGenerationsAsync(background.Token),
            watch?.RunAsync(next => changes.Writer.WriteAsync(next, background.Token), background.Token)
                ?? Task.CompletedTask,
        ];
        await WaitForStopAsync([.. running, recording], cancellationToken);
        await StopAsync();
        await background.CancelAsync();
        await EndAsync(running);

        // Last of all: calls that ended with the drain are recorded too.
        await audit.CancelAsync();
        await EndAsync([recording]);
        Log.Stopped(logger);
    }

    public async ValueTask DisposeAsync()
    {
        await fleet.DisposeAsync();
        await server.DisposeAsync();
        trail.Dispose();
        credentials.Dispose();
        await Task.WhenAll(retiring.Keys);
        await generation.DisposeAsync();
        metricsText.Dispose();
        metrics.Dispose();
    }

    private InnerServer CreateServer(ILoggerFactory loggers)
    {
        var held = new BodyBudget();
        var gate = new AuthorizationGate(metrics, held, time, loggers.CreateLogger<AuthorizationGate>());
        var policy = new PolicyStage(metrics, held, trail, time, loggers.CreateLogger<PolicyStage>());
        return new InnerServer(
            new InnerServerOptions(settings.Tunnel.MaxConnections, settings.Tunnel.MaxHeaderBytes),
            new InnerHandshake(leaves, map, time, loggers.CreateLogger<InnerHandshake>()),
            new InnerApplication(map, gate, policy, loggers.CreateLogger<InnerApplication>()),
            loggers
        );
    }

    // Open from the start, whatever the routes are: they may get a policy while the agent runs, and are recorded then.
    private AuditTrail OpenTrail(StateDirectory state, ILoggerFactory loggers)
    {
        try
        {
            var opened = new AuditTrail(
                settings.Audit,
                new AuditFolder(state.Path, settings.Audit.File),
                InstanceId.LoadOrCreate(state).Value,
                ProductVersion.Text,
                time,
                loggers.CreateLogger<AuditTrail>()
            );
            metrics.WatchAudit(() => opened.Sequence, () => opened.Lost);
            return opened;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecretUnavailableException)
        {
            throw new StateDirectoryException($"audit.file cannot be used: {e.Message}", e);
        }
    }

    private EdgeFleet CreateFleet(StateDirectory state, ILoggerFactory loggers)
    {
        var options = new EdgeFleetOptions
        {
            InstanceId = InstanceId.LoadOrCreate(state).Value,
            Connections = settings.Tunnel.Connections,
            DialTimeout = settings.Tunnel.DialTimeout,
            Network = settings.Identity.Network,
            MaxStreams = settings.Tunnel.MaxStreams,
            Drain = settings.Tunnel.DrainTimeout,
        };
        return new EdgeFleet(options, server, metrics, time, loggers);
    }

    private CredentialManager<AgentFeed> CreateCredentials(StateDirectory state, ILoggerFactory loggers)
    {
        var options = new CredentialManagerOptions
        {
            Identity = settings.Identity,
            ServerCertificates = !settings.Certificates.FromFiles,
            ServerKeyType = settings.Certificates.KeyType,
        };
        var manager = CredentialManager.ForAgent(options, settings.Tunnel.Id, state, ReportRoutes, loggers, time);
        manager.IdentityChanged = (_, _) => Apply();
        manager.FeedChanged = (_, _) => Apply();
        manager.ServerCertificateChanged = (pair, _) =>
        {
            leaves.Swap(pair);
            return ValueTask.CompletedTask;
        };
        return manager;
    }

    // The one place where a set of routes takes the place of another. Requests go on with the set they began with.
    private async Task RunGenerationsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var replaced = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var current = generation;
            var running = current.RunAsync(credentials.RequestReport, replaced.Token);
            var change = changes.Reader.ReadAsync(replaced.Token).AsTask();
            if (await Task.WhenAny(running, change) == running)
            {
                await replaced.CancelAsync();
                await running;
            }

            var next = new RouteGeneration(await change, upstreams, time, loggers, current);
            lock (gate)
            {
                generation = next;
                ApplyFeed();
            }

            Announce();
            credentials.RequestReport();
            await replaced.CancelAsync();
            await EndAsync([running]);
            var ending = RetireAsync(current);
            retiring[ending] = true;
            _ = ending.ContinueWith(
                ended => retiring.TryRemove(ended, out _),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
        }
    }

    private static async Task RetireAsync(RouteGeneration generation)
    {
        await generation.Use.RetireAsync();
        await generation.DisposeAsync();
    }

    // Called for each change of credentials or feed; does nothing before both are there.
    private ValueTask Apply()
    {
        lock (gate)
        {
            ApplyFeed();
        }

        return ValueTask.CompletedTask;
    }

    private void ApplyFeed()
    {
        if (credentials is { Identity: { } identity, Trust: { } trust, Feed: { } feed })
        {
            ApplyRoutes(feed);
            fleet.Apply(
                new DialContext
                {
                    Certificate = identity.Credential,
                    Trust = trust,
                    Edges = feed.Tunnel.Status == TunnelStatus.Archived ? [] : feed.Edges,
                    RevokedSerials = credentials.RevokedSerials,
                }
            );
        }
    }

    private void ApplyRoutes(AgentFeed feed)
    {
        var tunnel = feed.Tunnel;
        var active = tunnel.Status == TunnelStatus.Active;

        // Edges of one tunnel are dialled on one port; where they are not, each route says its resource itself.
        var port = feed.Edges.Select(e => e.PublicPort).FirstOrDefault(p => p is not null) ?? HttpsPort;
        isPortMissing =
            feed.Edges.All(e => e.PublicPort is null)
            && generation.Settings.Routes.Any(r => r.Oauth is { Mode: OauthMode.Required, Resource: "" });
        var now = map.Current;
        if ((now.Domain, now.IsActive, now.PublicPort, now.Use) != (tunnel.Domain, active, port, generation.Use))
        {
            var table = new RouteTable(tunnel.Domain, active, generation.Routes, port) { Use = generation.Use };
            map.Swap(table);
            Log.RoutesInForce(logger, table.Count, tunnel.Domain, tunnel.Status);
            foreach (var route in table.Unserved)
            {
                Log.RouteAudienceShared(logger, route);
            }
        }
    }

    private async Task<StatusView> LookAsync(HealthEndpoints endpoints, CancellationToken cancellationToken) =>
        new()
        {
            Version = ProductVersion.Text,
            TunnelId = settings.Tunnel.Id,
            Domain = map.Current.Domain,
            Now = time.GetUtcNow(),
            Checks = await endpoints.EvaluateAsync(cancellationToken),
            Edges = fleet.Connections,
            Routes =
            [
                .. generation.Probes.Select(p => new StatusRoute(
                    p.Route.HostnameUnder(map.Current.Domain),
                    p.Route.Upstream.Settings.Address,
                    OauthText.Of(p.Route.Access.Oauth.Mode),
                    p.State.IsHealthy,
                    p.State.Detail
                )),
            ],
            Certificates =
            [
                .. credentials.Identity is { } identity
                    ?
                    [
                        (
                            "platform, towards service and edges",
                            identity.Credential.Serial,
                            identity.Credential.NotAfter
                        ),
                    ]
                    : Array.Empty<(string, string, DateTimeOffset)>(),
                .. leaves.Current is { } leaf
                    ? [("inner TLS, towards clients", leaf.Pair.Serial, leaf.Pair.NotAfter)]
                    : Array.Empty<(string, string, DateTimeOffset)>(),
            ],
            Calls = metrics.Recent.Calls,
            Lines = lines?.Lines ?? [],
        };

    private AgentReportRoute[] ReportRoutes() =>
        [
            .. generation.Probes.Select(p => new AgentReportRoute
            {
                Name = p.Route.Name,
                Hostname = p.Route.HostnameUnder(map.Current.Domain),
                UpstreamHealthy = p.State.IsHealthy,
                Detail = p.State.Detail,
                Oauth = OauthText.Of(p.Route.Access.Oauth.Mode),
            }),
        ];

    private void Announce()
    {
        foreach (var route in generation.Routes)
        {
            if (route.Access.Oauth.Mode == OauthMode.DangerousNone)
            {
                Log.DangerousOpenRoute(logger, route.Name);
            }
            else if (route.Access.IsPassthrough)
            {
                Log.PassthroughRoute(logger, route.Name);
            }

            if (route.Upstream.Settings is HttpUpstreamSettings { DangerousAllowAnyAddress: true })
            {
                Log.DangerousAnyAddress(logger, route.Name);
            }
        }
    }

    // A background task that ends by itself is a fault of ours; going on without it would look healthy for a while.
    private static async Task WaitForStopAsync(Task[] running, CancellationToken cancellationToken)
    {
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        var faulted = Task.WhenAny(running.Select(FaultOf));
        if (await Task.WhenAny(stopped, faulted) == faulted)
        {
            await await faulted;
        }
    }

    private static async Task FaultOf(Task task)
    {
        await task;
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
    }

    private async Task StopAsync()
    {
        draining = true;
        Log.Draining(logger, settings.Tunnel.DrainTimeout);
        await fleet.StopAsync();

        // No stream is left by now, or none that may stay.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await server.StopAsync(now.Token);
    }

    private static async Task EndAsync(Task[] running)
    {
        try
        {
            await Task.WhenAll(running);
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }

    private string? CheckLeaf() =>
        leaves.IsServing ? null
        : leafFiles is { Problem.Length: > 0 } files ? files.Problem
        : leaves.Current is null ? "No inner-TLS certificate yet."
        : "The inner-TLS certificate has ended.";

    private string? CheckEdges() =>
        draining ? "The agent is stopping."
        : fleet.ServingEdges == 0 ? "No edge is connected."
        : isPortMissing ? "No edge has said yet on which port clients dial it: resources would have the wrong name."
        : map.Current.Unserved is { Count: > 0 } unserved
            ? $"Not served, as an audience is another route's resource: {string.Join(", ", unserved)}."
        : null;

    // Of issuers that some route trusts: without their keys that route answers 503.
    private string? CheckIssuers()
    {
        var ill = generation
            .Issuers.Where(i => i.State is KeyState.Empty or KeyState.HardExpired)
            .Select(i => i.Issuer.Name)
            .ToList();
        return ill.Count > 0 ? $"No usable keys of the issuer: {string.Join(", ", ill)}." : null;
    }

    private string? CheckAudit() =>
        trail.Problem is { } problem
        && settings.Audit.DeniesWhenFull
        && generation.Settings.Routes.Any(r => r.Policy.Mode != PolicyMode.Off)
            ? $"Calls cannot be recorded: {problem}"
            : null;

    private string? CheckUpstreams()
    {
        var probes = generation.Probes;
        var ill = probes.Where(p => p.State.IsHealthy == false).Select(p => p.Route.Name).ToList();
        var unknown = probes.Where(p => p.IsWaiting).Select(p => p.Route.Name).ToList();
        return ill.Count > 0 ? $"No connection to the upstream of: {string.Join(", ", ill)}."
            : unknown.Count > 0 ? $"Not probed yet: {string.Join(", ", unknown)}."
            : null;
    }
}
