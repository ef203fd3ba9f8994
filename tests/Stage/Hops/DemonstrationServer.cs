using System.Text.RegularExpressions;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>
/// A program of private MCP servers that runs as long as a demonstration, each on a loopback port that the kernel picks.
/// </summary>
/// <param name="script">The name of its program among the peers.</param>
internal sealed partial class DemonstrationServer(
    string name,
    string script,
    Checkout checkout,
    RunDirectory run,
    TimeProvider time
)
{
    public ProgramProcess Process { get; } =
        new(
            new ProgramCommand(
                name,
                "node",
                [Path.Combine(checkout.Peers, script), "0"],
                new Dictionary<string, string>(),
                checkout.Peers
            ),
            run.LogFile(name),
            time
        );

    /// <summary>Scheme, host and port of each server; known once the program runs.</summary>
    public IReadOnlyList<Uri> Upstreams { get; private set; } = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        File.Delete(Process.LogFile); // the address of an earlier one
        Process.Start();
        await Readiness.UntilAsync(Process, FindAsync, TimeSpan.FromSeconds(30), time, cancellationToken);
    }

    private async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        var log = File.Exists(Process.LogFile) ? await File.ReadAllTextAsync(Process.LogFile, cancellationToken) : "";
        if (ReadyLine().Match(log) is not { Success: true } ready)
        {
            return "it has not said where it listens";
        }

        Upstreams = [.. ready.Groups[1].Value.Split(' ').Select(address => new Uri(address))];
        return "";
    }

    [GeneratedRegex("^ready: (http.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ReadyLine();
}
