using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.RunState;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>The MCP server of <c>tests/Peers/faults</c>: it writes each call down before it answers.</summary>
/// <param name="checkout">Where the peers are.</param>
/// <param name="run">Where it writes.</param>
/// <param name="port">Where it listens; 0 = on another port each time.</param>
internal sealed partial class CountingUpstream(Checkout checkout, RunDirectory run, int port = 0) : IAsyncDisposable
{
    private const string Name = "counting-upstream";

    private readonly string account = run.File("calls.txt");

    public ProgramProcess Process { get; } =
        new(
            new ProgramCommand(
                Name,
                "node",
                [
                    Path.Combine(checkout.Peers, "faults", "upstream.mjs"),
                    port.ToString(CultureInfo.InvariantCulture),
                    run.File("calls.txt"),
                ],
                new Dictionary<string, string>(),
                run.Path
            ),
            run.LogFile(Name),
            TimeProvider.System
        );

    /// <summary>How often each call arrived, over all lives of the process.</summary>
    public IReadOnlyDictionary<string, int> Calls() =>
        File.Exists(account)
            ? File.ReadAllLines(account).CountBy(id => id).ToDictionary(StringComparer.Ordinal)
            : new Dictionary<string, int>();

    /// <summary>Starts it and waits until it listens; where it does.</summary>
    public async Task<IPEndPoint> StartAsync(CancellationToken cancellationToken)
    {
        var before = Ready().Count(Log());
        Process.Start();
        await Readiness.UntilAsync(
            Process,
            _ => Task.FromResult(Ready().Count(Log()) > before ? "" : "it has not said where it listens"),
            TimeSpan.FromSeconds(30),
            TimeProvider.System,
            cancellationToken
        );
        return IPEndPoint.Parse(Ready().Matches(Log())[^1].Groups["address"].Value);
    }

    public async ValueTask DisposeAsync()
    {
        if (Process.IsAlive)
        {
            await Process.KillAsync(CancellationToken.None);
        }

        Process.Dispose();
    }

    private string Log() => File.Exists(Process.LogFile) ? File.ReadAllText(Process.LogFile) : "";

    [GeneratedRegex("^ready: http://(?<address>[^/]+)/", RegexOptions.Multiline)]
    private static partial Regex Ready();
}
