using System.Text.RegularExpressions;
using Culvert.Stage.Processes;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>
/// A second private MCP server, for tests: it speaks both eras, has the fixtures that the conformance suite names, and
/// tells what became of each request. On a loopback port that the kernel picks.
/// </summary>
internal sealed partial class FixtureServer(Checkout checkout, RunDirectory run, TimeProvider time)
{
    public const string Name = "fixture-server";

    /// <summary>The label of this server under the tunnel's domain.</summary>
    public const string Route = "fixture";

    public ProgramProcess Process { get; } =
        new(
            new ProgramCommand(
                Name,
                "node",
                [Path.Combine(checkout.Peers, "fidelity", "server.mjs"), "0"],
                new Dictionary<string, string>(),
                checkout.Peers
            ),
            run.LogFile(Name),
            time
        );

    /// <summary>Where a client that is allowed inside calls it directly; known once it runs.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>What a test asks it about its requests.</summary>
    public Uri Control => new(Endpoint, "/control/");

    /// <summary>The same server as a program that speaks over stdin and stdout.</summary>
    public static string ProgramOf(Checkout checkout) => Path.Combine(checkout.Peers, "fidelity", "program.mjs");

    public void Start() => Process.Start();

    public Task WaitAsync(CancellationToken cancellationToken) =>
        Readiness.UntilAsync(Process, FindAsync, TimeSpan.FromSeconds(30), time, cancellationToken);

    private async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        var log = File.Exists(Process.LogFile) ? await File.ReadAllTextAsync(Process.LogFile, cancellationToken) : "";
        if (ReadyLine().Match(log) is not { Success: true } ready)
        {
            return "it has not said where it listens";
        }

        Endpoint = new Uri(ready.Groups[1].Value);
        return "";
    }

    [GeneratedRegex("^ready: (http\\S+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ReadyLine();
}
