using System.Net;
using System.Net.Sockets;
using Culvert.Stage.Ports;
using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>
/// The whole system as real processes: made in the order in which an enterprise would, or started again from its state.
/// Its owner stops it: nothing survives <see cref="StopAsync"/>.
/// </summary>
internal sealed class Installation
{
    private const string RecordFile = "installation.json";

    // What edges in the plural say besides: the balancer says who comes, and asks every second.
    private const string BalancedEdge =
        "drain_delay: 3s\nproxy_protocol: {required: true, trusted_proxies: [127.0.0.1/32]}";
    private static readonly TimeSpan TokenUse = TimeSpan.FromMinutes(30);

    private readonly Checkout checkout;
    private readonly RunDirectory run;
    private readonly PortPlan ports;
    private readonly InstallationOptions options;
    private readonly StepReporter steps;
    private readonly EnterpriseAuthority enterprise;
    private readonly Operator culvert;
    private readonly TimeProvider time;
    private readonly Dictionary<Uri, (Task<string> Asked, DateTimeOffset From)> tokens = [];

    public Installation(
        Checkout checkout,
        RunDirectory run,
        PortPlan ports,
        InstallationOptions options,
        StepReporter steps,
        TimeProvider time
    )
    {
        (this.checkout, this.run, this.ports, this.options, this.steps) = (checkout, run, ports, options, steps);
        this.time = time;
        enterprise = new EnterpriseAuthority(run);
        IdentityProvider = new IdentityProvider(checkout, run, ports.IdentityProvider, time);
        McpServer = new McpServer(checkout, run, ports.McpServer, time);
        Fixture = options.FixtureServer ? new FixtureServer(checkout, run, time) : null;
        // A state that exists says itself where it is kept.
        Database = options.Postgres || Database.Exists(run) ? new Database(run, time) : null;
        var ha = options.HighAvailability;
        Service = new IdentityService(
            run,
            ports,
            time,
            ha is null
                ? null
                : new ServiceNode(IdentityService.Name, "node-1", ha.FirstApi, ha.FirstMachine, ports.ServiceHealth),
            options.ServiceDescriptors,
            options.ServiceEnvironment
        );
        culvert = new Operator(run, Service);
        Edge = new TunnelEdge(run, ha is null ? ports : ports with { Sni = ha.FirstSni }, time);
        Agent = new TunnelAgent(TunnelAgent.AutomaticName, run, ports.AgentHealth, time, options.AgentEnvironment)
        {
            UpstreamSettings = options.UpstreamSettings,
            RouteSettings = options.RouteSettings,
            Commands = options.Commands,
            Sections = options.AgentSections,
            RouteSignIn = options.RouteSignIn,
        };
        ManualAgent = new TunnelAgent(TunnelAgent.ManualName, run, ports.ManualAgentHealth, time);
        Inspector = new Inspector(checkout);
        if (ha is not null)
        {
            Several = new SeveralParts(run, ports, ha, time);
            (Edge.DrainTimeout, Agent.DrainTimeout) = (SeveralParts.DrainTimeout, SeveralParts.DrainTimeout);
        }
    }

    public PortPlan Ports => ports;

    public RunDirectory Run => run;

    public IdentityProvider IdentityProvider { get; }

    public McpServer McpServer { get; }

    /// <summary>Null = it was not requested.</summary>
    public FixtureServer? Fixture { get; }

    /// <summary>Null = the service keeps its state in a SQLite file.</summary>
    public Database? Database { get; }

    public IdentityService Service { get; }

    public TunnelEdge Edge { get; }

    public TunnelAgent Agent { get; }

    public TunnelAgent ManualAgent { get; }

    /// <summary>Null = there is one of each part.</summary>
    public SeveralParts? Several { get; }

    /// <summary>Where clients reach the tunnels.</summary>
    public string Ingress => Several is null ? Edge.Ingress : $"127.0.0.1:{ports.Sni}";

    public Inspector Inspector { get; }

    public Operator Operator => culvert;

    /// <summary>What was made; complete once <see cref="CreateAsync"/> or <see cref="ResumeAsync"/> has returned.</summary>
    public InstallationRecord Record { get; private set; } = null!;

    /// <summary>The processes in the order in which they start.</summary>
    public IEnumerable<ProgramProcess> Processes
    {
        get
        {
            ProgramProcess[] always =
            [
                IdentityProvider.Process,
                McpServer.Process,
                .. Fixture is { } fixture ? [fixture.Process] : Array.Empty<ProgramProcess>(),
                .. Database is { } database ? [database.Process] : Array.Empty<ProgramProcess>(),
                Service.Process,
                Edge.Process,
            ];
            return Several is { } several ? [.. always, Agent.Process, .. several.Processes]
                : options.ManualTunnel ? [.. always, Agent.Process, ManualAgent.Process]
                : [.. always, Agent.Process];
        }
    }

    public Uri Endpoint => Record.Tunnel.Endpoint(ports.Sni);

    /// <summary>Where a client calls the fixture server through the tunnel.</summary>
    public Uri FixtureEndpoint => Record.Tunnel.Endpoint(ports.Sni, FixtureServer.Route);

    /// <summary>Where a client calls the server behind that route of the first tunnel.</summary>
    public Uri EndpointOf(string route) => Record.Tunnel.Endpoint(ports.Sni, route);

    public Uri ManualEndpoint => Record.Manual!.Endpoint(ports.Sni);

    /// <summary>A token for the MCP server behind that URL, with most of its life before it.</summary>
    public Task<string> TokenAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        lock (tokens)
        {
            var now = time.GetUtcNow();
            if (!tokens.TryGetValue(endpoint, out var kept) || kept.Asked.IsFaulted || now - kept.From > TokenUse)
            {
                kept = (IdentityProvider.McpTokenAsync(endpoint, CancellationToken.None), now);
                tokens[endpoint] = kept;
            }

            return kept.Asked.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The state of an earlier complete bring-up in this folder, if there was one.</summary>
    public static InstallationRecord? FindRecord(RunDirectory run) => InstallationRecord.Load(run.File(RecordFile));

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        run.Create();
        ProvidePrograms();
        await Step(
            "idp and mcp-server",
            IdentityProvider.Process,
            async () =>
            {
                await IdentityProvider.ConfigureAsync(Service.PublicUrl, cancellationToken);
                Started(IdentityProvider.Start);
                StartUpstreams();
                return $"{IdentityProvider.Issuer} · {McpServer.Upstream}";
            }
        );
        await RegisterEverythingAsync(cancellationToken);
        await StartMachinesAsync(cancellationToken);
        Record.Save(run.File(RecordFile));
    }

    /// <summary>
    /// Makes everything that is registered with the service, but no edge and no agent starts: what
    /// <see cref="CreateFromAsync"/> begins with, once it has been stopped.
    /// </summary>
    public async Task FoundAsync(CancellationToken cancellationToken)
    {
        run.Create();
        ProvidePrograms();
        await IdentityProvider.ConfigureAsync(Service.PublicUrl, cancellationToken);
        Started(IdentityProvider.Start);
        await RegisterEverythingAsync(cancellationToken);
        Record.Save(run.File(RecordFile));
    }

    /// <summary>
    /// Starts a copy of what <see cref="FoundAsync"/> made on the same ports, with its own options. Its edge and its agents
    /// enrol as those of any new installation do.
    /// </summary>
    public async Task CreateFromAsync(RunDirectory founded, CancellationToken cancellationToken)
    {
        run.CopyFrom(founded);
        ProvidePrograms();
        var record = InstallationRecord.Load(run.File(RecordFile))!;
        Record = record with
        {
            Tunnel = OfThisRun(record.Tunnel),
            Manual = options.ManualTunnel ? OfThisRun(record.Manual!) : null,
        };
        await Step(
            "identity-service from a copy",
            Service.Process,
            async () =>
            {
                await Service.ConfigureAsync(
                    options.RouteSignIn ? options with { SignIn = IdentityProvider.SignIn } : options,
                    cancellationToken
                );
                Started(Service.Start);
                await IdentityProvider.ConfigureAsync(
                    Service.PublicUrl,
                    cancellationToken,
                    options.RouteSignIn ? record.OrganizationId : null
                );
                Started(IdentityProvider.Start);
                StartUpstreams();
                await Task.WhenAll(IdentityProvider.WaitAsync(cancellationToken), Service.WaitAsync(cancellationToken));
                return Service.PublicUrl;
            }
        );
        await StartMachinesAsync(cancellationToken);
        Record.Save(run.File(RecordFile));

        TunnelRecord OfThisRun(TunnelRecord tunnel) =>
            tunnel with
            {
                TrustBundle = run.File(Path.GetFileName(tunnel.TrustBundle)),
            };
    }

    private void StartUpstreams()
    {
        Started(McpServer.Start);
        if (Fixture is { } fixture)
        {
            Started(fixture.Start);
        }
    }

    private async Task RegisterEverythingAsync(CancellationToken cancellationToken)
    {
        if (Database is { } database)
        {
            await Step(
                "postgres",
                database.Process,
                async () =>
                {
                    await database.CreateAsync(cancellationToken);
                    Started(database.Start);
                    await database.WaitAsync(cancellationToken);
                    await database.CreateDatabaseAsync(cancellationToken);
                    return "on a socket of its own, without a port";
                }
            );
        }

        await Step(
            "identity-service: init and run",
            Service.Process,
            async () =>
            {
                await Service.ConfigureAsync(options, cancellationToken);
                await Service.InitializeAsync("Example Corp", cancellationToken);
                Started(Service.Start);
                await Service.WaitAsync(cancellationToken);
                if (Several is { } several)
                {
                    await several.SecondService.ConfigureAsync(options, cancellationToken);
                    several.SecondService.Join(Service);
                    Started(several.SecondService.Start);
                    await several.SecondService.WaitAsync(cancellationToken);
                    Started(several.Balancer.Start);
                    await several.WaitForBalancerAsync(ports.Api, cancellationToken);
                }

                await Service.FetchPlatformRootAsync(cancellationToken);
                return $"{Service.PublicUrl} (approval: single, one person decides)";
            }
        );
        Record = await RegisterAsync(cancellationToken);
        await CertifyAsync(cancellationToken);
    }

    private async Task StartMachinesAsync(CancellationToken cancellationToken)
    {
        await StartEdgeAsync(cancellationToken);
        await (Fixture?.WaitAsync(cancellationToken) ?? Task.CompletedTask);
        await StartAgentsAsync(cancellationToken);
    }

    /// <summary>Starts what an earlier run made and stopped: same keys, same database, same certificates.</summary>
    public async Task ResumeAsync(InstallationRecord record, CancellationToken cancellationToken)
    {
        Record = record;
        run.Create();
        ProvidePrograms();
        await Step(
            "start again from the state of the last run",
            Service.Process,
            async () =>
            {
                Started(IdentityProvider.Start);
                Started(McpServer.Start);
                if (Database is { } database)
                {
                    Started(database.Start);
                    await database.WaitAsync(cancellationToken);
                }

                Started(Service.Start);
                await Task.WhenAll(
                    IdentityProvider.WaitAsync(cancellationToken),
                    McpServer.WaitAsync(cancellationToken),
                    Service.WaitAsync(cancellationToken)
                );
                if (Several is { } several)
                {
                    Started(several.SecondService.Start);
                    Started(several.Balancer.Start);
                    await several.SecondService.WaitAsync(cancellationToken);
                    await several.WaitForBalancerAsync(ports.Api, cancellationToken);
                    Started(several.SecondEdge.Start);
                    several.Agents.ToList().ForEach(agent => Started(agent.Start));
                }

                Started(Edge.Start);
                await Edge.WaitAsync(cancellationToken);
                Started(Agent.Start);
                await Agent.WaitAsync(cancellationToken);
                if (options.ManualTunnel)
                {
                    Started(ManualAgent.Start);
                    await ManualAgent.WaitAsync(cancellationToken);
                }

                await (Several?.WaitAsync(Edge, cancellationToken) ?? Task.CompletedTask);
                return "ready";
            }
        );
    }

    private void ProvidePrograms()
    {
        if (run.OwnsBinaries)
        {
            Programs.CopyTo(checkout, run.Binaries);
        }

        if (options.Published)
        {
            Programs.CopyPublishedTo(checkout, run.Binaries);
        }
    }

    /// <summary>Takes over what another run of the stage started and still runs.</summary>
    public void Attach(InstallationRecord record)
    {
        Record = record;
        var running = run.Ledger.Read();
        foreach (var process in Processes)
        {
            if (running.FirstOrDefault(stamp => stamp.Name == process.Name) is { } stamp)
            {
                process.Attach(stamp);
            }
        }
    }

    /// <summary>Stops everything that this folder's ledger names.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken) =>
        await run.StopRecordedAsync(grace, cancellationToken);

    /// <summary>Writes down which processes run now; after every start and restart.</summary>
    public void RecordProcesses() => run.Ledger.Write(Processes.Select(p => p.Stamp).Where(stamp => stamp.Pid != 0));

    /// <summary>The company registers its edges, and declares everything else in a file that <c>culvert apply</c> takes.</summary>
    private async Task<InstallationRecord> RegisterAsync(CancellationToken cancellationToken)
    {
        using var api = new ManagementApi(Service);
        var organization = await api.GetAsync("/v1/organizations/current", cancellationToken);
        var workspaces = await api.ListAsync("/v1/organizations/workspaces", cancellationToken);
        var workspace = workspaces.Single(w => w.GetProperty("is_default").GetBoolean());
        var edges = new[] { options.AgentAddress ?? Edge.AgentAddress, Several?.SecondEdge.AgentAddress }
            .OfType<string>()
            .Select((address, i) => (Name: $"edge-{i + 1}", Address: address))
            .ToList();
        string[] edgeIds = [];
        await Step(
            "culvert: edges",
            Service.Process,
            async () =>
            {
                edgeIds = await Task.WhenAll(
                    edges.Select(edge =>
                        culvert.CreateAsync(
                            $"edge create {edge.Name}",
                            cancellationToken,
                            ["--address", edge.Address, "--dns-name", "localhost"]
                        )
                    )
                );
                return string.Join(", ", edges.Select(edge => edge.Name));
            }
        );
        var declaration = new Declaration(
            IdentityProvider,
            ports.IdentityProvider,
            workspace.GetProperty("name").GetString()!,
            [.. edges.Select(edge => edge.Name)],
            options.ManualTunnel
        );
        await Step(
            "culvert apply: issuer, accounts, tunnels, rules",
            Service.Process,
            async () =>
            {
                await IdentityProvider.WaitAsync(cancellationToken);
                var file = run.File("declaration.yaml");
                await File.WriteAllTextAsync(file, declaration.ToYaml(), cancellationToken);
                await culvert.RunAsync("apply", cancellationToken, ["-f", file]);
                return $"{IdentityProvider.Issuer} trusted; agents by claim, edge and operators by subject";
            }
        );
        var issuers = await IdsAsync("/v1/organizations/federation_issuers");
        var accounts = await IdsAsync("/v1/organizations/service_accounts");
        var rules = await IdsAsync("/v1/organizations/federation_rules");
        var tunnels = (await api.ListAsync("/v1/tunnels", cancellationToken)).ToDictionary(
            tunnel => tunnel.GetProperty("display_name").GetString()!,
            tunnel => new TunnelRecord(
                tunnel.GetProperty("id").GetString()!,
                tunnel.GetProperty("domain").GetString()!,
                run.File($"{tunnel.GetProperty("display_name")}-trust-bundle.pem")
            )
        );
        return new InstallationRecord
        {
            Ports = ports,
            OrganizationId = organization.GetProperty("id").GetString()!,
            WorkspaceId = workspace.GetProperty("id").GetString()!,
            EdgeId = edgeIds[0],
            IssuerId = issuers[Declaration.Issuer],
            AgentRuleId = rules[Declaration.AgentRule],
            EdgeRuleId = rules[Declaration.EdgeRule],
            AdminRuleId = rules[Declaration.OperatorRule],
            AdminServiceAccountId = accounts[Declaration.Operators],
            Tunnel = tunnels[Declaration.Tunnel],
            Manual = tunnels.GetValueOrDefault(Declaration.ManualTunnel),
            HighAvailability = options.HighAvailability,
            SecondEdgeId = edgeIds.ElementAtOrDefault(1),
        };

        async Task<Dictionary<string, string>> IdsAsync(string path) =>
            (await api.ListAsync(path, cancellationToken)).ToDictionary(
                made => made.GetProperty("name").GetString()!,
                made => made.GetProperty("id").GetString()!
            );
    }

    private async Task CertifyAsync(CancellationToken cancellationToken)
    {
        await Step(
            "enterprise CA: signs the sub-CA's request",
            Service.Process,
            async () =>
            {
                await enterprise.CreateAsync(cancellationToken);
                var authority = await culvert.CreateAsync(
                    "ca register issuing-ca",
                    cancellationToken,
                    ["--tunnel", Record.Tunnel.Id, "--custody", "sealed"]
                );
                var request = run.File("enterprise", "sub-ca.csr");
                await culvert.RunAsync($"ca csr {authority}", cancellationToken, ["--out", request]);
                var signed = await enterprise.SignAsync(request, cancellationToken);
                string[] fingerprint = ["--fingerprint", signed.Fingerprint];
                await culvert.RunAsync(
                    $"ca upload {authority}",
                    cancellationToken,
                    ["--chain", signed.ChainFile, .. fingerprint]
                );
                await culvert.RunAsync($"ca approve {authority}", cancellationToken, fingerprint);
                await culvert.RunAsync($"ca activate {authority}", cancellationToken);
                await WriteTrustBundleAsync(Record.Tunnel, cancellationToken);
                return $"active, {signed.Fingerprint[..11]}…";
            }
        );
        if (Record.Manual is { } manual)
        {
            await Step(
                "manual tunnel: CA registered, token, leaf",
                Service.Process,
                async () =>
                {
                    string[] file = ["--file", enterprise.ManualCaFile];
                    await culvert.RunAsync($"tunnel cert register {manual.Id}", cancellationToken, file);
                    var token = culvert.RunAsync(
                        $"tunnel token reveal {manual.Id}",
                        cancellationToken,
                        ["--out", ManualTokenFile]
                    );
                    await Task.WhenAll(
                        token,
                        WriteTrustBundleAsync(manual, cancellationToken),
                        enterprise.IssueLeafAsync(manual.Domain, cancellationToken)
                    );
                    return manual.Domain;
                }
            );
        }
    }

    private Task WriteTrustBundleAsync(TunnelRecord tunnel, CancellationToken cancellationToken) =>
        culvert.RunAsync($"tunnel trust-bundle {tunnel.Id}", cancellationToken, ["--out", tunnel.TrustBundle]);

    private Task StartEdgeAsync(CancellationToken cancellationToken) =>
        Step(
            "tunnel-edge",
            Edge.Process,
            async () =>
            {
                await Edge.ConfigureAsync(
                    Record.EdgeId,
                    Federated(Record.EdgeRuleId, IdentityProvider.EdgeClient),
                    options.AgentAddress ?? Edge.AgentAddress,
                    options.ClientsPerSecond,
                    cancellationToken,
                    Several is not null ? BalancedEdge
                        : options.ConnectIngress ? "connect: {listen: [\"127.0.0.1:0\"]}"
                        : "",
                    ports.Sni,
                    Several is null ? "0s" : "60s",
                    options.HandshakeTimeout
                );
                Started(Edge.Start);
                if (Several is { } several)
                {
                    await several.SecondEdge.ConfigureAsync(
                        Record.SecondEdgeId!,
                        Federated(Record.EdgeRuleId, IdentityProvider.EdgeClient),
                        several.SecondEdge.AgentAddress,
                        options.ClientsPerSecond,
                        cancellationToken,
                        BalancedEdge,
                        ports.Sni,
                        "60s",
                        options.HandshakeTimeout
                    );
                    Started(several.SecondEdge.Start);
                    return "two, ready once they have agents"; // only then do they take clients from the balancer
                }

                await Edge.WaitAsync(cancellationToken);
                return $"agents on {Edge.AgentAddress}, clients on {Edge.Ingress}";
            }
        );

    private async Task StartAgentsAsync(CancellationToken cancellationToken)
    {
        var upstreams = new Dictionary<string, Uri> { [TunnelAgent.Route] = options.Upstream ?? McpServer.Upstream };
        var automatic = Fixture is { } fixture
            ? new Dictionary<string, Uri>(upstreams) { [FixtureServer.Route] = fixture.Endpoint }
            : upstreams;
        if (options.Policy.Length > 0)
        {
            automatic = new Dictionary<string, Uri>(automatic)
            {
                [TunnelAgent.PolicedRoute] = upstreams[TunnelAgent.Route],
            };
            Agent.RouteSettings = new Dictionary<string, IReadOnlyList<string>>(options.RouteSettings)
            {
                [TunnelAgent.PolicedRoute] =
                [
                    $"policy: {options.Policy}",
                    .. options.RouteSettings.GetValueOrDefault(TunnelAgent.PolicedRoute, []),
                ],
            };
        }

        var issuer = options.DangerousOpenRoute ? null : IdentityProvider;
        var identity = Federated(Record.AgentRuleId, IdentityProvider.AgentClient);
        await Step(
            "tunnel-agent (automatic)",
            Agent.Process,
            async () =>
            {
                await StartAsync(Agent);
                await Agent.WaitAsync(cancellationToken);
                if (Several is { } several)
                {
                    foreach (var further in several.Agents)
                    {
                        await StartAsync(further);
                    }

                    await several.WaitAsync(Edge, cancellationToken);
                }

                return Record.Tunnel.Domain;
            }
        );
        if (Record.Manual is { } manual)
        {
            await Step(
                "tunnel-agent-manual",
                ManualAgent.Process,
                async () =>
                {
                    var (certificate, key) = (enterprise.ManualLeafFile, enterprise.ManualLeafKeyFile);
                    var identity = new TunnelTokenIdentity(Service.PublicUrl, Service.PlatformCaFile, ManualTokenFile);
                    await ManualAgent.ConfigureAsync(
                        identity.ToYaml(),
                        manual.Id,
                        $$"""
                        certificates: {source: files, certificate_file: "{{certificate}}", key_file: "{{key}}"}
                        """,
                        upstreams,
                        options.AllowedOrigins,
                        areMcp: options.Upstream is null,
                        issuer,
                        cancellationToken
                    );
                    Started(ManualAgent.Start);
                    await ManualAgent.WaitAsync(cancellationToken);
                    return manual.Domain;
                }
            );
        }

        await McpServer.WaitAsync(cancellationToken);

        async Task StartAsync(TunnelAgent agent)
        {
            await agent.ConfigureAsync(
                identity.ToYaml(),
                Record.Tunnel.Id,
                certificates: "",
                automatic,
                options.AllowedOrigins,
                areMcp: options.Upstream is null,
                issuer,
                cancellationToken
            );
            Started(agent.Start);
        }
    }

    private string ManualTokenFile => run.File("docs-manual.token");

    /// <summary>How a Culvert program authenticates under a rule; tests start further ones.</summary>
    public FederatedIdentity Federated(string ruleId, string client) =>
        new(
            Service.PublicUrl,
            Service.PlatformCaFile,
            Record.OrganizationId,
            ruleId,
            IdentityProvider.TokenCommand(client)
        );

    private Task Step(string name, ProgramProcess process, Func<Task<string>> work) =>
        steps.RunAsync(name, process.LogFile, work);

    private void Started(Action start)
    {
        start();
        RecordProcesses();
    }
}
