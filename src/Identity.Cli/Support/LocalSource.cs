using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Health;
using Culvert.Platform.Launching;
using Culvert.Platform.Net;

namespace Culvert.Identity.Cli.Support;

/// <summary>
/// The data of the programs on this machine: readiness and metrics, the end of their journals, log files. What cannot be
/// read is listed, and the rest is collected.
/// </summary>
internal sealed class LocalSource(SupportBundle bundle, CliHost host, DateTimeOffset from)
{
    private static readonly TimeSpan JournalLimit = TimeSpan.FromSeconds(30);

    // Lines of one journal: fewer if long lines would exceed the limit.
    private static readonly int[] JournalLines = [5000, 500, 50];

    // Installed units, and the default ports of health.listen.
    private static readonly (string Program, string Unit, int HealthPort)[] Programs =
    [
        ("identity-service", "culvert-identity-service", 8445),
        ("tunnel-edge", "culvert-edge", 9445),
        ("tunnel-agent", "culvert-agent", 8081),
    ];

    /// <param name="listeners">Base addresses of health listeners; empty = the default of each program on this
    /// machine.</param>
    public async Task AddHealthAsync(IReadOnlyList<Uri> listeners, CancellationToken cancel)
    {
        foreach (var url in listeners)
        {
            await AddHealthAsync(GetName(url), url, own: null, cancel);
        }

        foreach (var (program, _, port) in listeners.Count == 0 ? Programs : [])
        {
            var url = new UriBuilder(Uri.UriSchemeHttp, IPAddress.Loopback.ToString(), port).Uri;
            await AddHealthAsync(program, url, new ProgramIdentity(program), cancel);
        }
    }

    public async Task AddJournalsAsync(CancellationToken cancel)
    {
        foreach (var (_, unit, _) in Programs)
        {
            await AddJournalAsync(unit, cancel);
        }
    }

    public void AddLog(string file)
    {
        var name = $"logs/{Path.GetFileName(file)}";
        try
        {
            bundle.Add(name, LogTail.Read(file, from));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            bundle.Miss(name, $"the log cannot be read: {e.Message}");
        }
    }

    // At a default port another program may listen, whose state must not be included.
    private async Task AddHealthAsync(string name, Uri url, ProgramIdentity? own, CancellationToken cancel)
    {
        using var program = new RunningProgram(url);
        var entry = $"health/{name}/readyz.json";
        try
        {
            var (_, readiness) = await program.GetReadinessAsync(cancel);
            if (own?.FindOther(readiness) is { } other)
            {
                bundle.Miss(entry, $"{other} responds at {url}");
                return;
            }

            AddReadiness(entry, readiness);
            entry = $"health/{name}/metrics.txt";
            bundle.Add(entry, string.Join('\n', await program.ReadMetricsAsync(cancel)));
        }
        catch (HttpRequestException e)
        {
            bundle.Miss(entry, $"no response from {url}: {FailureText.Describe(e)}");
        }
    }

    private void AddReadiness(string entry, string readiness)
    {
        try
        {
            bundle.Add(entry, WireJson.Parse(readiness) ?? new JsonObject());
        }
        catch (JsonException)
        {
            bundle.Add(entry, readiness);
        }
    }

    private async Task AddJournalAsync(string unit, CancellationToken cancel)
    {
        var name = $"journal/{unit}.log";
        ChildResult result;
        var tried = 0;
        do
        {
            result = await ReadJournalAsync(unit, JournalLines[tried++], cancel);
        } while (result.IsTooLong && tried < JournalLines.Length);

        if (result.Problem is { } problem)
        {
            string[] said = [$"{host.JournalCommand[0]} {problem}.", .. result.ErrorOutput];
            bundle.Miss(name, string.Join(' ', said));
        }
        else if (string.IsNullOrWhiteSpace(result.Output))
        {
            bundle.Miss(name, $"the journal has no entry of {unit} that this user may read");
        }
        else
        {
            bundle.Add(name, result.Output);
        }
    }

    private Task<ChildResult> ReadJournalAsync(string unit, int lines, CancellationToken cancel) =>
        new ChildRun
        {
            Command =
            [
                .. host.JournalCommand,
                "--unit",
                unit,
                "--since",
                string.Create(CultureInfo.InvariantCulture, $"@{from.ToUnixTimeSeconds()}"),
                "--lines",
                lines.ToString(CultureInfo.InvariantCulture),
                "--output",
                "short-iso",
                "--no-pager",
                "--quiet",
            ],
            Inherited = ChildCommand.UsualEnvironment,
            Timeout = JournalLimit,
            MaxOutputBytes = LogTail.MaxBytes,
        }.RunAsync(host.Time, cancel);

    // A host and port as the name of a folder.
    private static string GetName(Uri url) =>
        string.Concat(url.Authority.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-'));
}
