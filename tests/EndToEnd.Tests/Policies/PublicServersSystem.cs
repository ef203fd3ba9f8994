using Culvert.EndToEnd.Tests.Fidelity;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Policies;

/// <summary>
/// Unmodified public MCP servers behind enforced policies with pins: one over HTTP and two that the agent runs as
/// programs. The fixture server's policy allows everything; as a program that the agent runs it has none.
/// </summary>
public sealed class PublicServersSystem : RunningSystem
{
    public const string FilesRoute = "files";
    public const string MemoryRoute = "memory";

    /// <summary>The label of the fixture server as a program of the agent's.</summary>
    public const string FixtureProgramRoute = "fixture-program";

    private const string Pins =
        "pins: {mode: enforce, trust_first_use: true, on: {added: hide, description: block, removed: alert}}";

    private readonly string folder;

    public PublicServersSystem()
        : this(Directory.CreateTempSubdirectory("culvert-files-").FullName) { }

    private PublicServersSystem(string folder)
        : base(
            new InstallationOptions
            {
                ExchangesPerSecond = 1000,
                ManualTunnel = false,
                FixtureServer = true,
                AllowedOrigins = [StandardSystem.AllowedOrigin],
                Commands = new Dictionary<string, IReadOnlyList<string>>
                {
                    [FilesRoute] = ["node", ScriptOf("filesystem"), folder],
                    [FixtureProgramRoute] = ["node", FixtureServer.ProgramOf(Checkout.Find())],
                    [MemoryRoute] =
                    [
                        "env",
                        $"MEMORY_FILE_PATH={Path.Combine(folder, "memory.jsonl")}",
                        "node",
                        ScriptOf("memory"),
                    ],
                },
                RouteSettings = new Dictionary<string, IReadOnlyList<string>>
                {
                    [TunnelAgent.Route] = [EverythingPolicy, Pins],
                    [FilesRoute] = [FilesPolicy(folder), Pins],
                    [MemoryRoute] = [MemoryPolicy, Pins],
                    [FixtureServer.Route] = [AllowAllPolicy, Pins],
                },
            }
        )
    {
        this.folder = folder;
        Directory.CreateDirectory(Path.Combine(folder, "open"));
        Directory.CreateDirectory(Path.Combine(folder, "closed"));
        File.WriteAllText(Path.Combine(folder, "open", "note.txt"), "A note.");
        File.WriteAllText(Path.Combine(folder, "closed", "secret.txt"), "A secret.");
    }

    private const string EverythingPolicy = """
        policy: {mode: enforce, rules: [{name: sums, effect: allow, tools: [get-sum], arguments: [{at: /a, min: 0, max: 100}], mask: [/b], budget: {of: /a, per: 24h, limit: 150}}, {name: texts, effect: allow, tools: [echo, "get-t*"]}, {name: log-level, effect: allow, methods: [logging/setLevel]}, {name: never, effect: deny, tools: [get-tiny-image]}]}
        """;

    private const string MemoryPolicy = """
        policy: {mode: enforce, rules: [{name: notes, effect: allow, tools: [create_entities, search_nodes, "open_*"], mask: [/entities]}]}
        """;

    // Everything that a policy can be asked about, also what needs a rule under `default: allow`.
    private const string AllowAllPolicy = """
        policy: {mode: enforce, default: allow, rules: [{name: all, effect: allow, tools: ["*"], prompts: ["*"], resources: ["*"], methods: ["*"]}]}
        """;

    /// <summary>What the filesystem server may show: more than its policy does.</summary>
    public string Folder => folder;

    /// <summary>The script of a public server under <c>tests/Peers/servers</c>.</summary>
    public static string ScriptOf(string server) =>
        Path.Combine(
            Checkout.Find().Peers,
            "servers",
            "node_modules",
            "@modelcontextprotocol",
            $"server-{server}",
            "dist",
            "index.js"
        );

    protected override ValueTask ReleaseAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string FilesPolicy(string folder) =>
        "policy: {mode: enforce, rules: [{name: open-files, effect: allow, "
        + "tools: [read_text_file, list_directory, write_file], "
        + $"arguments: [{{at: /path, path_prefix: \"{folder}/open\"}}]}}, "
        + "{name: own-files, effect: allow, tools: [search_files], arguments: [{at: /path, required: true}, "
        + $"{{at: /pattern, equals_claim: {IdentityProvider.DeploymentClaim.Key}}}]}}]}}";
}
