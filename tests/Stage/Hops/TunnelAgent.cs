using Culvert.Stage.Processes;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>An agent inside the private network: one of each mode runs, with the same program.</summary>
internal sealed class TunnelAgent
{
    public const string AutomaticName = Programs.TunnelAgent;
    public const string ManualName = "tunnel-agent-manual";

    /// <summary>The label of the MCP server under the tunnel's domain.</summary>
    public const string Route = "docs";

    /// <summary>The label of a further route to the MCP server, with a policy.</summary>
    public const string PolicedRoute = "policed";

    private readonly RunDirectory run;
    private readonly TimeProvider time;
    private readonly int healthPort;

    public TunnelAgent(
        string name,
        RunDirectory run,
        int healthPort,
        TimeProvider time,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        (this.run, this.time, this.healthPort) = (run, time, healthPort);
        Name = name;
        Health = new HealthProbe(healthPort);
        Process = new ProgramProcess(
            new ProgramCommand(
                name,
                Path.Combine(run.Binaries, Programs.TunnelAgent),
                ["run", "--config", run.File(name, "agent.yaml")],
                environment ?? new Dictionary<string, string>(),
                run.Path
            ),
            run.LogFile(name),
            time
        );
    }

    public string Name { get; }

    public int HealthPort => healthPort;

    public string ConfigurationFile => run.File(Name, "agent.yaml");

    public ProgramProcess Process { get; }

    public HealthProbe Health { get; }

    /// <summary>Commands of MCP servers that are programs, by the label of their route.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Commands { get; set; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>More of single routes, a key to a line, by the label of the route.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> RouteSettings { get; set; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>More of each route's <c>upstream</c> section, a key to a line.</summary>
    public IReadOnlyList<string> UpstreamSettings { get; init; } = [];

    /// <summary>Whether the routes accept the service's tokens for people, and no others.</summary>
    public bool RouteSignIn { get; init; }

    /// <summary>How long calls may end when it stops.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Further sections of its file; empty = none.</summary>
    public string Sections { get; init; } = "";

    /// <param name="identity">The <c>identity</c> section.</param>
    /// <param name="certificates">The <c>certificates</c> section, empty for the service's.</param>
    /// <param name="upstreams">The MCP servers, by the label of their route.</param>
    /// <param name="origins">What the routes accept as <c>Origin</c>.</param>
    /// <param name="areMcp">Whether these are MCP servers; else nothing but their ports is probed.</param>
    /// <param name="issuer">Whose tokens the routes require; null = every client may call.</param>
    public Task ConfigureAsync(
        string identity,
        string tunnelId,
        string certificates,
        IReadOnlyDictionary<string, Uri> upstreams,
        IReadOnlyList<string> origins,
        bool areMcp,
        IdentityProvider? issuer,
        CancellationToken cancellationToken
    )
    {
        run.Folder(Name);
        var oauth = issuer is null
            ? "{mode: dangerous_none}"
            : $"{{mode: required, issuers: [{(RouteSignIn ? "culvert" : "corp")}], required_scopes: [{IdentityProvider.McpScope}]}}";
        return File.WriteAllTextAsync(
            run.File(Name, "agent.yaml"),
            $$"""
            config_version: 1
            state_dir: state
            {{identity}}
            tunnel:
              id: {{tunnelId}}
              drain_timeout: {{DrainTimeout.TotalSeconds}}s
            {{certificates}}
            {{(RouteSignIn ? "" : Issuers(issuer))}}
            routes:
            {{string.Join('\n', upstreams.Select(u => RouteYaml(u.Key, u.Value, origins, areMcp, oauth)))}}
            {{string.Join('\n', Commands.Select(p => ProgramYaml(p.Key, p.Value, origins, oauth)))}}
            health: {listen: "127.0.0.1:{{healthPort}}"}
            {{Sections}}

            """,
            cancellationToken
        );
    }

    private string RouteYaml(string label, Uri upstream, IReadOnlyList<string> origins, bool isMcp, string oauth) =>
        $$"""
              {{label}}:
                upstream:
                  url: {{upstream.GetLeftPart(UriPartial.Authority)}}
                  allowed_ranges: [127.0.0.1/32]
                  health: {probe: {{(isMcp ? "mcp" : "tcp")}}}{{string.Concat(
                      UpstreamSettings.Select(setting => "\n      " + setting)
                  )}}
                allowed_origins: [{{string.Join(", ", origins)}}]
                oauth: {{oauth}}{{SettingsOf(label)}}
            """;

    private string ProgramYaml(
        string label,
        IReadOnlyList<string> command,
        IReadOnlyList<string> origins,
        string oauth
    ) =>
        $$"""
              {{label}}:
                upstream:
                  stdio: {command: [{{string.Join(", ", command.Select(word => $"\"{word}\""))}}]}
                allowed_origins: [{{string.Join(", ", origins)}}]
                oauth: {{oauth}}{{SettingsOf(label)}}
            """;

    private string SettingsOf(string label) =>
        string.Concat(RouteSettings.GetValueOrDefault(label, []).Select(setting => "\n    " + setting));

    private static string Issuers(IdentityProvider? issuer) =>
        issuer is null
            ? ""
            : $$"""
                issuers:
                  corp:
                    issuer: {{issuer.Issuer}}
                    ca_file: "{{issuer.CaFile}}"
                    allowed_ranges: [{{string.Join(", ", Loopback.Ranges.Select(r => $"\"{r}\""))}}]
                    claims: [{{IdentityProvider.DeploymentClaim.Key}}]
                """;

    public void Start() => Process.Start();

    public Task WaitAsync(CancellationToken cancellationToken) =>
        Readiness.UntilAsync(Process, Health.ObstacleAsync, TimeSpan.FromSeconds(60), time, cancellationToken);
}
