using Culvert.Stage.Ports;

namespace Culvert.Stage.Hops;

/// <summary>How a test's installation differs from the quickstart's.</summary>
internal sealed record InstallationOptions
{
    /// <summary>Life of inner-TLS leaves; null leaves the service's default (24 h).</summary>
    public TimeSpan? ServerLife { get; init; }

    /// <summary>Life of the platform certificates of agents and edges; null leaves the service's default (1 h).</summary>
    public TimeSpan? PlatformLife { get; init; }

    /// <summary>How long a new platform root waits before it may sign; null leaves the service's default (1 min).</summary>
    public TimeSpan? DangerousPlatformRootWait { get; init; }

    /// <summary>What <c>tunnels.hostnames</c> says, on one line; empty = nothing.</summary>
    public string Hostnames { get; init; } = "";

    /// <summary>
    /// The program that signs requests of tunnels' authorities, which then rotate automatically; null = people sign
    /// them.
    /// </summary>
    public string? SigningCommand { get; init; }

    /// <summary>What <c>keys.pkcs11</c> says, on one line; null = no HSM. The service inherits the environment of its module.</summary>
    public string? Pkcs11 { get; init; }

    /// <summary>How many descriptors the service's process may hold; null = as many as the test's.</summary>
    public int? ServiceDescriptors { get; init; }

    /// <summary>Whether the service sends its audit to a file, too.</summary>
    public bool AuditExport { get; init; }

    /// <summary>What <c>sign_in</c> of the service says, on one line; empty = nothing.</summary>
    public string SignIn { get; init; } = "";

    /// <summary>
    /// Whether people sign in to routes (docs/sign-in.md): the first tunnel's agent then accepts the service's tokens alone,
    /// and the identity provider offers people no more than many companies' do.
    /// </summary>
    public bool RouteSignIn { get; init; }

    /// <summary>The host whose client metadata documents the service accepts, on this machine; null = none.</summary>
    public string? ClientDocumentHost { get; init; }

    /// <summary>Whether the service lets clients register themselves.</summary>
    public bool ClientRegistration { get; init; }

    /// <summary>Environment of the service, for what it inherits from its host.</summary>
    public IReadOnlyDictionary<string, string> ServiceEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>Exchanges that one address may ask for per second; tests ask faster than one company's workloads do.</summary>
    public int ExchangesPerSecond { get; init; } = 50;

    /// <summary>Certificates that one identity, tunnel or authority may get per second; null leaves the service's defaults.</summary>
    public int? CertificatesPerSecond { get; init; }

    /// <summary>New client connections that the edge takes per second, from one address and for one tunnel; null leaves its defaults.</summary>
    public int? ClientsPerSecond { get; init; }

    /// <summary>How long the edge waits for a client's hello; null leaves its default.</summary>
    public TimeSpan? HandshakeTimeout { get; init; }

    /// <summary>How soon after a fetch an unknown key may cause the next; tests change keys faster than companies do.</summary>
    public TimeSpan? KeyRefresh { get; init; }

    /// <summary>Whether the service keeps its state in PostgreSQL rather than in SQLite.</summary>
    public bool Postgres { get; init; }

    /// <summary>
    /// Two nodes of the service on PostgreSQL, two edges and three agents of the first tunnel, with a balancer before nodes
    /// and edges; null = one of each.
    /// </summary>
    public HaPorts? HighAvailability { get; init; }

    /// <summary>
    /// The address where agents dial the edge, when a test listens in between; null = the edge itself.
    /// </summary>
    public string? AgentAddress { get; init; }

    /// <summary>Where the agents find the MCP server, when a test listens in between; null = the server itself.</summary>
    public Uri? Upstream { get; init; }

    /// <summary>
    /// Whether the route lets every client call, for benches that compare with servers which check nothing either.
    /// </summary>
    public bool DangerousOpenRoute { get; init; }

    /// <summary>More of the <c>upstream</c> section of the agents' routes, a key to a line.</summary>
    public IReadOnlyList<string> UpstreamSettings { get; init; } = [];

    /// <summary>Further sections of the first tunnel's agent, as they are in its file; empty = none.</summary>
    public string AgentSections { get; init; } = "";

    /// <summary>Environment of the first tunnel's agent: settings of its file by their own variables.</summary>
    public IReadOnlyDictionary<string, string> AgentEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the second tunnel, in manual mode, is made and its agent started.</summary>
    public bool ManualTunnel { get; init; } = true;

    /// <summary>Whether the edge also takes clients by CONNECT, on a port that the system chooses and its log names.</summary>
    public bool ConnectIngress { get; init; }

    /// <summary>Whether the fixture server runs too, behind a route of its own of the first tunnel.</summary>
    public bool FixtureServer { get; init; }

    /// <summary>Commands of MCP servers that the first tunnel's agent runs as programs (stdio), by the label of their route.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Commands { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>More of the routes of the first tunnel, a key to a line, by the label of the route.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> RouteSettings { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The policy, on one line, of a further route to the same MCP server; empty = no such route.</summary>
    public string Policy { get; init; } = "";

    /// <summary>The origins that the routes accept from browsers.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Whether agent, edge and culvert run as they are shipped, each one native file, rather than as they were built.</summary>
    public bool Published { get; init; }
}
