using Culvert.Machine.Client.Credentials;
using Culvert.Machine.Client.State;
using Culvert.Platform.Metrics;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Platform.Telemetry;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Audit.Export;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Connector;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Dialing;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Pipeline;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Budgets;
using Culvert.Tunnel.Agent.Policy.Service;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>Creates and connects the parts of the running agent, and disposes of them in order.</summary>
internal sealed class AgentComponents : IAsyncDisposable
{
    private readonly StateDirectory state;
    private volatile RouteGeneration generation;
    private volatile string? callCheckpoint; // written by the writer of the trail

    public AgentComponents(
        AgentSettings settings,
        StateDirectory state,
        ILoggerFactory loggers,
        TimeProvider time,
        ConfigWatch<AgentSettings>? watch,
        Traces? traces
    )
    {
        Failures.Load();
        (Settings, this.state, Loggers, Time) = (settings, state, loggers, time);
        Retiring = new RetiringUpstreams(time);
        Metrics = new AgentMetrics(time);
        Counts = new CallCounts(time);
        Trail = OpenTrail();
        Exporter = CreateExporter();
        Credentials = CreateCredentials();
        Trail.Signer = () => Credentials.Identity?.Credential;
        Trail.Checkpointed += checkpoint =>
        {
            callCheckpoint = checkpoint;
            Credentials.RequestReport();
        };
        Budgets = new BudgetLedger(
            Path.Combine(state.Path, "budgets", "charges"),
            time,
            loggers.CreateLogger<BudgetLedger>()
        );
        var bodies = new BodyReader(new BodyBudget(BodyBudget.RequestBytes), time);
        var pipeline = CreatePipeline(traces);
        Lasting = CreateLasting(new MemberPipeline(pipeline, bodies));
        generation = new RouteGeneration(settings, Lasting);
        if (watch is not null)
        {
            Metrics.WatchConfiguration(() => watch.Refused, () => watch.RestartKeys.Count);
        }

        Leaves = new LeafSlot(settings.Certificates.Protocols, time, loggers.CreateLogger<LeafSlot>());
        Metrics.WatchLeaf(() => (Leaves.Current?.Pair.NotAfter - time.GetUtcNow())?.TotalSeconds);
        LeafFiles = new LeafFiles(
            settings.Certificates.CertificateFile,
            settings.Certificates.KeyFile,
            time,
            loggers.CreateLogger<LeafFiles>()
        );
        PublicLeaves = new NamedLeaves(settings.Certificates.Protocols, time);
        IssuedLeaves = new NamedLeaves(settings.Certificates.Protocols, time, loggers);
        Challenges = new ChallengeRegistry(() => Credentials.Machine, time, loggers.CreateLogger<ChallengeRegistry>());
        PublicCertificates = new PublicCertificates(
            settings.Acme,
            settings.Certificates.KeyType,
            CreateRenewer,
            PublicLeaves
        );
        Metrics.WatchPublicLeaves(() =>
            PublicCertificates.Status.Select(s => (s.Name, (s.NotAfter - time.GetUtcNow())?.TotalSeconds))
        );
        var application = CreateApplication(Map);
        Server = CreateServer(application);
        LongPolls = CreateLongPolls(application);
        Connectors = CreateConnectors(CreateApplication);
        Fleet = new EdgeFleet(ToFleetOptions(settings.Tunnel, InstanceId), Server, Metrics, time, loggers);
        Doctor = new RunningChecks(
            () => Generation,
            Fleet,
            Trail,
            () => LongPolls.Status,
            () => Connectors.Status,
            time
        );
        ReportedChecks = new ReportedChecks(Doctor.RunAsync, time);
        Readiness = new AgentReadiness(this, watch);
        Metrics.WatchSecrets(
            () => Generation.Secrets.Select(secret => (secret.Setting, secret.Reference.LastUsedAt)),
            time
        );
        Metrics.WatchRecording(() =>
            Trail.Problem is null ? null
            : AuditCheck.Refuses(Generation.Settings) ? "refused"
            : "unrecorded"
        );

        InnerApplication CreateApplication(RouteMap map) => new(map, pipeline, bodies, traces);
    }

    /// <summary>The routes in service. Written under the lock of <see cref="FeedApplier"/>.</summary>
    public RouteGeneration Generation
    {
        get => generation;
        set => generation = value;
    }

    public MetricsText MetricsText { get; } = new("Culvert");

    public AgentSettings Settings { get; }

    private string InstanceId => InstanceIdFile.LoadOrCreate(state).Value;

    public TimeProvider Time { get; }

    public ILoggerFactory Loggers { get; }

    public AgentMetrics Metrics { get; }

    /// <summary>The parts that every generation of routes uses.</summary>
    public LastingParts Lasting { get; }

    public RouteMap Map { get; } = new();

    public LeafSlot Leaves { get; }

    public LeafFiles LeafFiles { get; }

    public ChallengeRegistry Challenges { get; }

    public NamedLeaves PublicLeaves { get; }

    /// <summary>Leaves for the domains of other providers' tunnels.</summary>
    public NamedLeaves IssuedLeaves { get; }

    public PublicCertificates PublicCertificates { get; }

    public AuditTrail Trail { get; }

    /// <summary>Sends the records of <see cref="Trail"/> to a collector, if one is configured.</summary>
    public CallExporter Exporter { get; }

    public CallCounts Counts { get; }

    /// <summary>The charges of calls against budgets. The first charge opens its file.</summary>
    public BudgetLedger Budgets { get; }

    public InnerServer Server { get; }

    public EdgeFleet Fleet { get; }

    public LongPollTunnels LongPolls { get; }

    /// <summary>Tunnels behind the connectors of other providers.</summary>
    public ConnectorTunnels Connectors { get; }

    public CredentialManager<AgentFeed> Credentials { get; }

    public RetiringUpstreams Retiring { get; }

    public RunningChecks Doctor { get; }

    public ReportedChecks ReportedChecks { get; }

    public AgentReadiness Readiness { get; }

    public async ValueTask DisposeAsync()
    {
        await LongPolls.DisposeAsync();
        await Connectors.DisposeAsync();
        await Fleet.DisposeAsync();
        await Server.DisposeAsync();
        Exporter.Dispose();
        Trail.Dispose();
        Budgets.Dispose();
        PublicCertificates.Dispose();
        Credentials.Dispose();
        await Retiring.WaitAsync();
        await Generation.DisposeAsync();
        MetricsText.Dispose();
        Metrics.Dispose();
    }

    // All tunnels share the pipeline; each finds its own routes.
    private RequestPipeline CreatePipeline(Traces? traces)
    {
        var gate = new AuthorizationGate(Metrics, Time, Loggers.CreateLogger<AuthorizationGate>());
        var policy = new PolicyStage(
            Metrics,
            new CountedTrail(Trail, Counts),
            Time,
            Loggers.CreateLogger<PolicyStage>(),
            Budgets,
            new ApprovalService(() => Credentials.Machine, Settings.Tunnel.Id, Loggers.CreateLogger<ApprovalService>()),
            Trail.DeriveKey
        );
        var log = Loggers.CreateLogger<InnerApplication>();
        return new RequestPipeline(gate, policy, new Refusals(Metrics, log), Time, log, Counts, traces);
    }

    private InnerServer CreateServer(InnerApplication application) =>
        new(
            ToServerOptions(Settings.Tunnel),
            new InnerHandshake(
                Leaves,
                name => Map.Current.IsOwnName(name),
                Time,
                Loggers.CreateLogger<InnerHandshake>(),
                new PublicLeaves(PublicLeaves, Challenges.Find)
            ),
            application,
            Loggers
        );

    private LongPollTunnels CreateLongPolls(InnerApplication application)
    {
        var parts = new LongPollParts
        {
            Application = application,
            Routes = Map,
            Network = Settings.Identity.NetworkInForce,
            Time = Time,
            Logger = Loggers.CreateLogger<LongPollTunnels>(),
            Metrics = new LongPollMetrics(),
            FindClosure = FindClosure,
            IsWithdrawn = () => Credentials.Withdrawal is not null,
            IsUp = route =>
                Generation
                    .Probes.Where(p => p.Route.Name == route)
                    .All(p => !p.IsWaiting && p.State.IsHealthy != false),
        };
        var tunnels = new LongPollTunnels(parts, Settings.LongPolls);
        parts.Metrics.Watch(() => tunnels.Status, Time);
        return tunnels;
    }

    private ConnectorTunnels CreateConnectors(Func<RouteMap, InnerApplication> create)
    {
        var parts = new ConnectorParts
        {
            CreateApplication = create,
            Issued = IssuedLeaves,
            FindIssueFailure = Credentials.FindDomainFailure,
            Time = Time,
            Loggers = Loggers,
            Metrics = new ConnectorMetrics(),
            FindClosure = FindClosure,
            IsWithdrawn = () => Credentials.Withdrawal is not null,
        };
        var tunnels = new ConnectorTunnels(parts, Settings.Connectors);
        parts.Metrics.Watch(() => tunnels.Status, Time);
        return tunnels;
    }

    // Why tunnels of other providers must not be served now; null while they may.
    private string? FindClosure() =>
        Credentials.Withdrawal
        ?? (
            Map.Current.Domain.Length == 0 ? "The agent has no feed of its own tunnel yet."
            : Map.Current.IsActive ? null
            : "The agent's own tunnel is paused or archived."
        );

    private AcmeRenewer CreateRenewer(AcmeSettings acme, Platform.Certificates.KeyType keyType) =>
        new(
            acme,
            keyType,
            new AcmeInstance(state, InstanceId),
            PublicLeaves,
            new AcmeChallengeSources(new ServiceChallenges(() => Credentials.Machine, Challenges, Time), Challenges),
            new AcmeRecords(Metrics, Trail, Loggers),
            Time
        )
        {
            Network = Settings.Identity.NetworkInForce,
            AccountChanged = Credentials.RequestReport,
        };

    // Opened for any routes: a reload may give them a policy, and then their calls are recorded.
    private AuditTrail OpenTrail()
    {
        try
        {
            var opened = new AuditTrail(
                Settings.Audit,
                new AuditFolder(state.Path, Settings.Audit.File),
                InstanceId,
                ProductVersion.Text,
                Time,
                Loggers.CreateLogger<AuditTrail>()
            );
            Metrics.WatchAudit(() => opened.Sequence, () => opened.Lost);
            return opened;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecretUnavailableException)
        {
            throw new StateDirectoryException($"audit.file cannot be used: {e.Message}", e);
        }
    }

    private LastingParts CreateLasting(MemberPipeline members)
    {
        var reporter = new PinReporter(Trail, Metrics, Time, Loggers.CreateLogger<PinReporter>());
        reporter.Changed += Credentials.RequestReport;
        var forwarder = new Forwarder(Metrics, Time, Loggers.CreateLogger<Forwarder>());
        var policyLog = Loggers.CreateLogger<ServicePolicies>();
        return new LastingParts
        {
            Upstreams = new UpstreamFactory(forwarder, Metrics, Time, Loggers, members),
            StoredKeys = new IssuerKeyFile(state, Time, Loggers.CreateLogger<IssuerKeyFile>()),
            SessionKey = new SessionKey(state),
            Pins = new PinBook(state, reporter, Time),
            Policies = new ServicePolicies(new ServicePolicyFile(state, policyLog), policyLog),
            PinSigner = () =>
                Credentials.Identity is { } identity ? new PinSigner(identity.Credential, InstanceId) : null,
            Sources = new CredentialSources(
                route => new ServiceAssertions(
                    route,
                    Settings.Tunnel.Id,
                    (request, cancellationToken) =>
                        Credentials.Machine?.RequestAssertionAsync(request, cancellationToken),
                    Time
                ),
                new PlatformAssertions(Settings.Identity.Token, Time),
                (request, cancellationToken) =>
                    Credentials.Machine?.RequestConnectionTokenAsync(request, cancellationToken),
                (request, cancellationToken) => Credentials.Machine?.RequestGitHubTokenAsync(request, cancellationToken)
            ),
            Secrets = new SecretUses(Time),
            Time = Time,
            Loggers = Loggers,
        };
    }

    private CallExporter CreateExporter()
    {
        var exporter = new CallExporter(
            new AuditFolder(state.Path, Settings.Audit.File),
            () => Trail.Durable,
            Settings.Identity.NetworkInForce,
            Time,
            Loggers.CreateLogger<CallExporter>()
        );
        exporter.Use(Settings.Audit.Collector);
        Metrics.WatchAuditExport(
            () => exporter.Sent,
            () => exporter.Failed,
            () => exporter.Skipped,
            () => exporter.Waiting
        );
        return exporter;
    }

    private CredentialManager<AgentFeed> CreateCredentials()
    {
        var options = new CredentialManagerOptions
        {
            Identity = Settings.Identity,
            ServerCertificates = !Settings.Certificates.FromFiles,
            ServerKeyType = Settings.Certificates.KeyType,
        };
        var manager = CredentialManager.ForAgent(
            options,
            Settings.Tunnel.Id,
            state,
            () =>
                Generation.Report(
                    Map.Current.Domain,
                    Map.Current.Hostnames,
                    (PublicCertificates.Issuer, PublicCertificates.Account)
                ),
            Loggers,
            Time,
            usage: Counts,
            doctor: () => ReportedChecks.Latest,
            callCheckpoint: () => callCheckpoint,
            secrets: () => Generation.ReportSecrets()
        );
        manager.ServerCertificateChanged = (pair, _) =>
        {
            if (!Generation.Settings.Certificates.FromFiles)
            {
                Leaves.Swap(pair);
            }

            return ValueTask.CompletedTask;
        };
        manager.DomainCertificateChanged = (domain, pair, _) =>
        {
            IssuedLeaves.Swap(domain, pair);
            return ValueTask.CompletedTask;
        };
        manager.UseDomainCertificates(Settings.IssuedDomains, Settings.Certificates.KeyType);
        return manager;
    }

    public static InnerServerOptions ToServerOptions(TunnelSettings settings) =>
        new(settings.MaxConnections, settings.MaxHeaderBytes);

    public EdgeFleetOptions ToFleetOptions(TunnelSettings settings, string instanceId) =>
        new()
        {
            InstanceId = instanceId,
            Connections = settings.Connections,
            DialTimeout = settings.DialTimeout,
            Network = Settings.Identity.NetworkInForce,
            MaxStreams = settings.MaxStreams,
            Drain = settings.DrainTimeout,
        };
}
