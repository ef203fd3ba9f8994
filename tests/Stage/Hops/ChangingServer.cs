using System.Text.RegularExpressions;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>A private MCP server that changes what it says of its tool, when told to. On a loopback port that the kernel picks.</summary>
internal sealed partial class ChangingServer(Checkout checkout, RunDirectory run, TimeProvider time)
{
    public const string Name = "changing-server";

    public ProgramProcess Process { get; } =
        new(
            new ProgramCommand(
                Name,
                "node",
                [Path.Combine(checkout.Peers, "changing.mjs"), "0"],
                new Dictionary<string, string>(),
                checkout.Peers
            ),
            run.LogFile(Name),
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

    /// <summary>From now on it describes its tool in other words.</summary>
    public async Task ChangeAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsync(new Uri(Upstream, "/change"), null, cancellationToken);
        answer.EnsureSuccessStatusCode();
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
