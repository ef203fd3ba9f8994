using System.Collections.Concurrent;
using System.Threading.Channels;
using Culvert.Machine.Client.Credentials;
using Culvert.Machine.Client.Reloading;
using Culvert.Machine.Client.State;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Metrics;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Platform.Telemetry;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Dialing;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Pipeline;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
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
    private static readonly TimeSpan BetweenCounts = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly AgentSettings settings; // what it started with
    private readonly TimeProvider time;
    private readonly ILogger<AgentRuntime> logger;
    private readonly AgentMetrics metrics;
    private readonly RecentLines? lines;
    private readonly LogLevels? levels;
    private readonly LogSubject? subject;
    private readonly Traces? traces;
    private readonly MetricsText metricsText = new("Culvert");
    private readonly ILoggerFactory loggers;
    private readonly UpstreamFactory upstreams;
    private readonly IssuerKeyFile keptKeys;
    private readonly SessionKey sessionKey;
    private readonly ConfigWatch<AgentSettings>? watch;
    private readonly Channel<AgentSettings> changes = Channel.CreateBounded<AgentSettings>(1);
    private readonly RouteMap map = new();
    private readonly LeafSlot leaves;
    private readonly LeafFiles leafFiles;
    private readonly ChallengeBoard challenges;
    private readonly AcmeLeaves publicLeaves;
    private readonly PublicCertificates publicCertificates;
    private readonly AuditTrail trail;
    private readonly CallCounts counts;
    private readonly InnerServer server;
    private readonly EdgeFleet fleet;
    private readonly CredentialManager<AgentFeed> credentials;
    private readonly AgentReadiness readiness;
    private readonly ReportedChecks reportedChecks;
    private readonly Lock gate = new(); // one state is applied at a time, the later one last
    private readonly ConcurrentDictionary<Task, bool> retiring = [];
    private volatile RouteGeneration generation;

    /// <param name="settings">What it starts with.</param>
    /// <param name="state">Its state directory.</param>
    /// <param name="loggers">Makes its log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="watch">Tells of changes to the file; null: there are none.</param>
    /// <param name="lines">The end of the log, for the status page.</param>
    /// <param name="levels">Of the log; null: it does not change.</param>
    /// <param name="subject">Learns which agent this is; null: the log does not say.</param>
    /// <param name="traces">Takes the spans of calls; null: there are none.</param>
    public AgentRuntime(
        AgentSettings settings,
        StateDirectory state,
        ILoggerFactory loggers,
        TimeProvider time,
        ConfigWatch<AgentSettings>? watch = null,
        RecentLines? lines = null,
        LogLevels? levels = null,
        LogSubject? subject = null,
        Traces? traces = null
    )
    {
        (this.settings, this.loggers, this.time, this.watch, this.lines) = (settings, loggers, time, watch, lines);
        (this.levels, this.subject, this.traces) = (levels, subject, traces);
        metrics = new AgentMetrics(time);
        logger = loggers.CreateLogger<AgentRuntime>();
        upstreams = new UpstreamFactory(
            new Forwarder(metrics, time, loggers.CreateLogger<Forwarder>()),
            metrics,
            time,
            loggers
        );
        keptKeys = new IssuerKeyFile(state, time, loggers.CreateLogger<IssuerKeyFile>());
        sessionKey = new SessionKey(state);
        generation = new RouteGeneration(settings, upstreams, time, loggers, keptKeys, sessionKey: sessionKey);
        if (watch is not null)
        {
            metrics.WatchConfiguration(() => watch.Refused, () => watch.RestartKeys.Count);
        }

        leaves = new LeafSlot(settings.Certificates.Protocols, time, loggers.CreateLogger<LeafSlot>());
        metrics.WatchLeaf(() => (leaves.Current?.Pair.NotAfter - time.GetUtcNow())?.TotalSeconds);
        leafFiles = new LeafFiles(
            settings.Certificates.CertificateFile,
            settings.Certificates.KeyFile,
            time,
            loggers.CreateLogger<LeafFiles>()
        );
        trail = OpenTrail(state, loggers);
        counts = new CallCounts(time);
        publicLeaves = new AcmeLeaves(settings.Certificates.Protocols, time);
        challenges = new ChallengeBoard(() => credentials?.Machine, time, loggers.CreateLogger<ChallengeBoard>());
        publicCertificates = new PublicCertificates(
            settings.Acme,
            settings.Certificates.KeyType,
            (acme, keyType) => CreateKeeper(acme, keyType, state, loggers),
            publicLeaves
        );
        metrics.WatchPublicLeaves(() =>
            publicCertificates.Status.Select(s => (s.Name, (s.NotAfter - time.GetUtcNow())?.TotalSeconds))
        );
        server = CreateServer(loggers);
        fleet = CreateFleet(state, loggers);
        Doctor = new RunningChecks(() => generation, fleet, time);
        reportedChecks = new ReportedChecks(Doctor.RunAsync, time);
        credentials = CreateCredentials(state, loggers);
        trail.Signer = () => credentials.Identity?.Credential;
        readiness = new AgentReadiness(credentials, leaves, leafFiles, fleet, map, trail, () => generation, watch);
    }

    /// <summary>What <c>/readyz</c> asks.</summary>
    public IReadOnlyList<ReadinessCheck> Checks => readiness.Checks;

    /// <summary>What its reports say of the doctor's checks.</summary>
    public RunningChecks Doctor { get; }

    /// <summary>Serves until cancelled, then drains. What is wrong outside heals by itself and shows in readiness.</summary>
    /// <exception cref="IOException">The health address cannot be listened on.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Log.Starting(logger, ProductVersion.Text, settings.Tunnel.Id);
        Announce();
        await server.StartAsync(cancellationToken);
        var endpoints = new HealthEndpoints(Checks, metricsText, time);
        await using var listening = await HealthServer.StartAsync(
            settings.Health,
            endpoints,
            cancellationToken,
            new StatusPage(cancel => LookAsync(endpoints, cancel)).HandleAsync
        );
        var sections = new SharedSections(credentials.PrepareIdentity, listening, levels, traces);
        using var background = new CancellationTokenSource();
        using var audit = new CancellationTokenSource();
        var recording = trail.RunAsync(audit.Token);
        Task[] running =
        [
            credentials.RunAsync(background.Token),
            challenges.RunAsync(background.Token),
            publicCertificates.RunAsync(background.Token),
            leafFiles.RunAsync(leaves, background.Token),
            RunGenerationsAsync(background.Token),
            ReportCountsAsync(background.Token),
            FollowWithdrawalAsync(background.Token),
            reportedChecks.RunAsync(credentials.RequestReport, background.Token),
            watch?.RunAsync(next => TakeUpAsync(next, sections, background.Token), background.Token)
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
        publicCertificates.Dispose();
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
        var policy = new PolicyStage(
            metrics,
            held,
            new CountedTrail(trail, counts),
            time,
            loggers.CreateLogger<PolicyStage>()
        );
        var log = loggers.CreateLogger<InnerApplication>();
        var refusals = new Refusals(metrics, log);
        return new InnerServer(
            ServerOptionsOf(settings),
            new InnerHandshake(
                leaves,
                name => map.Current.IsOwnName(name),
                time,
                loggers.CreateLogger<InnerHandshake>(),
                new PublicLeaves(publicLeaves, challenges.Find)
            ),
            new InnerApplication(
                map,
                new RequestPipeline(gate, policy, refusals, held, time, counts, traces),
                refusals,
                log,
                traces
            ),
            loggers
        );
    }

    private AcmeKeeper CreateKeeper(
        AcmeSettings acme,
        Platform.Certificates.KeyType keyType,
        StateDirectory state,
        ILoggerFactory loggers
    ) =>
        new(
            acme,
            state,
            publicLeaves,
            new ServiceChallenges(() => credentials?.Machine, challenges, time),
            challenges,
            keyType,
            InstanceIdFile.LoadOrCreate(state).Value,
            metrics,
            time,
            loggers,
            trail,
            network: settings.Identity.NetworkInForce
        )
        {
            AccountChanged = () => credentials.RequestReport(),
        };

    // Open from the start, whatever the routes are: they may get a policy while the agent runs, and are recorded then.
    private AuditTrail OpenTrail(StateDirectory state, ILoggerFactory loggers)
    {
        try
        {
            var opened = new AuditTrail(
                settings.Audit,
                new AuditFolder(state.Path, settings.Audit.File),
                InstanceIdFile.LoadOrCreate(state).Value,
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
            InstanceId = InstanceIdFile.LoadOrCreate(state).Value,
            Connections = settings.Tunnel.Connections,
            DialTimeout = settings.Tunnel.DialTimeout,
            Network = settings.Identity.NetworkInForce,
            MaxStreams = settings.Tunnel.MaxStreams,
            Drain = settings.Tunnel.DrainTimeout,
        };
        return new EdgeFleet(options, server, metrics, time, loggers);
    }

    private static InnerServerOptions ServerOptionsOf(AgentSettings settings) =>
        new(settings.Tunnel.MaxConnections, settings.Tunnel.MaxHeaderBytes);

    private CredentialManager<AgentFeed> CreateCredentials(StateDirectory state, ILoggerFactory loggers)
    {
        var options = new CredentialManagerOptions
        {
            Identity = settings.Identity,
            ServerCertificates = !settings.Certificates.FromFiles,
            ServerKeyType = settings.Certificates.KeyType,
        };
        var manager = CredentialManager.ForAgent(
            options,
            settings.Tunnel.Id,
            state,
            () =>
                generation.Report(
                    map.Current.Domain,
                    map.Current.Hostnames,
                    (publicCertificates.Issuer, publicCertificates.Account)
                ),
            loggers,
            time,
            usage: counts,
            doctor: () => reportedChecks.Latest
        );
        manager.IdentityChanged = (identity, _) =>
        {
            subject?.AgentId = identity.EnrolmentId;
            return Apply();
        };
        manager.FeedChanged = (_, _) => Apply();
        manager.ServerCertificateChanged = (pair, _) =>
        {
            if (!generation.Settings.Certificates.FromFiles)
            {
                leaves.Swap(pair);
            }

            return ValueTask.CompletedTask;
        };
        return manager;
    }

    // S10: a certificate that was withdrawn, or that expired, ends serving within 5 s.
    private async Task FollowWithdrawalAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenLooks, time);
        string? known = null;
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var reason = credentials.Withdrawal;
            if (reason is not null && known is null)
            {
                Log.ServingEnded(logger, reason);
            }

            // Each time: a connection that was just being made comes into being after the others were left.
            if (reason is not null || known is not null)
            {
                await Apply();
            }

            known = reason;
        }
    }

    // What else happens is reported at once, and takes the counts along.
    private async Task ReportCountsAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenCounts, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (counts.HasNews)
            {
                credentials.RequestReport();
            }
        }
    }

    private async ValueTask TakeUpAsync(
        AgentSettings next,
        SharedSections sections,
        CancellationToken cancellationToken
    )
    {
        await sections.UseAsync(next.Identity, next.Health, next.Log, next.Telemetry, cancellationToken);
        await changes.Writer.WriteAsync(next, cancellationToken);
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

            var next = new RouteGeneration(await change, upstreams, time, loggers, keptKeys, current, sessionKey);
            lock (gate)
            {
                generation = next;
                ApplySettings(next.Settings);
                ApplyFeed();
            }

            Announce();
            credentials.RequestReport();
            await replaced.CancelAsync();
            await EndAsync([running]);
            foreach (var upstream in current.LeftBy(next))
            {
                var ending = upstream.RetireAsync(RouteGeneration.LongestUse, time);
                retiring[ending] = true;
                _ = ending.ContinueWith(
                    ended => retiring.TryRemove(ended, out _),
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default
                );
            }
        }
    }

    private void Announce()
    {
        if (generation.Settings.Acme.DangerousAllowUnbound)
        {
            Log.DangerousUnboundAcme(logger);
        }

        generation.Announce(logger);
    }

    // What is no part of the routes and can change while the agent runs.
    private void ApplySettings(AgentSettings next)
    {
        trail.Apply(next.Audit);
        server.Use(ServerOptionsOf(next));
        fleet.Use(
            fleet.Options with
            {
                Connections = next.Tunnel.Connections,
                DialTimeout = next.Tunnel.DialTimeout,
                MaxStreams = next.Tunnel.MaxStreams,
                Drain = next.Tunnel.DrainTimeout,
            }
        );
        ApplyCertificates(next.Certificates);
        publicCertificates.Use(next.Acme, next.Certificates.KeyType);
    }

    // What is in service stays so until the other source has something.
    private void ApplyCertificates(CertificateSettings next)
    {
        leaves.Use(next.Protocols);
        publicLeaves.Use(next.Protocols);
        leafFiles.Use(next.CertificateFile, next.KeyFile);
        leafFiles.Look(leaves);
        credentials.UseServerCertificates(next.FromFiles ? null : next.KeyType);
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
        if (credentials.Withdrawal is not null)
        {
            fleet.Withdraw();
        }
        else if (credentials is { Identity: { } identity, Trust: { } trust, Feed: { } feed })
        {
            foreach (var keys in generation.Issuers)
            {
                keys.Revoked = RevokedTokens.Of(feed.TokenRevocations, keys.Issuer.Issuer);
            }

            challenges.Apply(feed.AcmeChallenges);
            sessionKey.Use(feed.Tunnel.SessionKey);
            ApplyRoutes(feed);
            fleet.Apply(
                new DialContext
                {
                    Certificate = identity.Credential,
                    Trust = trust,
                    Edges =
                        feed.Tunnel.Status == TunnelStatus.Archived
                            ? []
                            : EdgeChoice.Of(feed.Edges, generation.Settings.Tunnel.Edges),
                    RevokedSerials = credentials.RevokedSerials,
                }
            );
        }
    }

    private void ApplyRoutes(AgentFeed feed)
    {
        var tunnel = feed.Tunnel;
        var active = tunnel.Status == TunnelStatus.Active;

        var port = tunnel.PublicPort ?? HttpsPort;
        readiness.UnknownEdges = EdgeChoice.Unknown(feed.Edges, generation.Settings.Tunnel.Edges);
        readiness.IsPortMissing =
            tunnel.PublicPort is null
            && generation.Settings.Routes.Any(r => r.Oauth is { Mode: OauthMode.Required, Resource: "" });
        var now = map.Current;
        string[] hostnames =
        [
            .. (feed.Hostnames ?? []).Where(h => h.State == HostnameState.Active).Select(h => h.Name),
        ];
        if (
            (now.Domain, now.IsActive, now.PublicPort, now.Routes) != (tunnel.Domain, active, port, generation.Routes)
            || !now.Hostnames.SequenceEqual(hostnames)
        )
        {
            var table = new RouteTable(tunnel.Domain, active, generation.Routes, port, hostnames);
            map.Swap(table);
            publicCertificates.Want(active ? table.PublicNames : []);
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
            PublicNames = publicCertificates.Status,
            PublicAccount = publicCertificates.Account,
            AllowsUnboundNames = generation.Settings.Acme.DangerousAllowUnbound,
            Calls = metrics.Recent.Calls,
            Lines = lines?.Lines ?? [],
        };

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
        readiness.IsDraining = true;
        Log.Draining(logger, fleet.Options.Drain);
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
}
