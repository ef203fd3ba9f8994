using System.Text.RegularExpressions;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>A private MCP server that runs as long as a demonstration. On a loopback port that the kernel picks.</summary>
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

    /// <summary>Scheme, host and port; known once it runs.</summary>
    public Uri Upstream { get; private set; } = null!;

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

        Upstream = new Uri(ready.Groups[1].Value);
        return "";
    }

    [GeneratedRegex("^ready: (http\\S+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ReadyLine();
}
