using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Stage;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>
/// A client that does the worst it can, in a process of its own. It takes a smaller part of this machine's processors than
/// its victims do: a real one would have its own, and what is to be measured is what it costs the others here.
/// </summary>
internal sealed partial class Flood : IAsyncDisposable
{
    public const string Source = "127.0.0.66";

    private readonly ProgramProcess process;

    private Flood(ProgramProcess process) => this.process = process;

    /// <summary>What it has done so far: connections or calls.</summary>
    public long Done =>
        File.Exists(process.LogFile)
        && Count().Matches(File.ReadAllText(process.LogFile)).LastOrDefault() is { Success: true } last
            ? long.Parse(last.Groups["count"].Value, CultureInfo.InvariantCulture)
            : 0;

    public static async Task<Flood> StartAsync(CountingSystem system, string kind, CancellationToken cancellationToken)
    {
        var (installation, name) = (system.Installation, $"flood-{kind}");
        File.Delete(installation.Run.LogFile(name));
        var process = new ProgramProcess(
            new ProgramCommand(
                name,
                "nice",
                [
                    "-n",
                    "10",
                    "node",
                    Path.Combine(Checkout.Find().Peers, "faults", "flood.mjs"),
                    kind,
                    system.Ingress.Address.ToString(),
                    system.Ingress.Port.ToString(CultureInfo.InvariantCulture),
                    installation.Endpoint.Host,
                    installation.Record.Tunnel.TrustBundle,
                    await installation.TokenAsync(installation.Endpoint, cancellationToken),
                    Source,
                ],
                new Dictionary<string, string>(),
                installation.Run.Path
            ),
            installation.Run.LogFile(name),
            TimeProvider.System
        );
        process.Start();
        return new Flood(process);
    }

    public async ValueTask DisposeAsync()
    {
        if (process.IsAlive)
        {
            await process.KillAsync(CancellationToken.None);
        }

        process.Dispose();
    }

    [GeneratedRegex("^count: (?<count>\\d+)$", RegexOptions.Multiline)]
    private static partial Regex Count();
}
