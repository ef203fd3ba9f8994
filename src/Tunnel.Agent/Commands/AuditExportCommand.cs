using System.CommandLine;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Audit.Export;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent audit export</c>: prints the records of calls in a form that other programs read.</summary>
internal static class AuditExportCommand
{
    private const string Jsonl = "jsonl";
    private const string Ocsf = "ocsf";
    private const string Otlp = "otlp";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private static readonly Option<string> Format = CreateFormat();

    private static readonly Option<string?> Since = new("--since")
    {
        Description = "Only records of the last 30d, 12h or 15m.",
        Validators =
        {
            result =>
            {
                if (result.Tokens is [var token] && !ConfigText.TryDuration(token.Value, out _))
                {
                    result.AddError($"--since: '{token.Value}' is not a duration. Write 30d, 12h or 15m.");
                }
            },
        },
    };

    private static readonly Option<long> After = new("--after")
    {
        Description = "Only records after the one with this seq.",
    };

    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Continue with new ones." };

    public static Command Create()
    {
        var export = new Command("export", "Print the records, the oldest first, one JSON object per line.")
        {
            Format,
            Since,
            After,
            Follow,
        };
        export.SetAction(ExportAsync);
        return export;
    }

    private static Option<string> CreateFormat()
    {
        var format = new Option<string>("--format")
        {
            Description =
                "jsonl: as they are in the file. ocsf: API Activity events. otlp: requests for an OpenTelemetry collector.",
            DefaultValueFactory = _ => Jsonl,
        };
        format.AcceptOnlyFromAmong(Jsonl, Ocsf, Otlp);
        return format;
    }

    private static async Task<int> ExportAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, parsed.InvocationConfiguration.Error);
        }

        var output = parsed.InvocationConfiguration.Output;
        var since = ConfigText.TryDuration(parsed.GetValue(Since) ?? "", out var age)
            ? TimeProvider.System.GetUtcNow() - age
            : DateTimeOffset.MinValue;
        var render = Renderer(parsed.GetRequiredValue(Format));
        using var cursor = new RecordCursor(
            new AuditFolder(loaded.Settings.StateDirectory, loaded.Settings.Audit.File),
            parsed.GetValue(After) + 1
        );
        try
        {
            while (true)
            {
                var lines = cursor.Read(CallExporter.BatchRecords, CallExporter.BatchBytes);
                foreach (var text in render(lines.Where(line => IsSince(line, since))))
                {
                    await output.WriteLineAsync(Encoding.UTF8.GetString(text));
                }

                if (lines.Count > 0)
                {
                    continue;
                }

                if (!parsed.GetValue(Follow))
                {
                    return ExitCodes.Done;
                }

                await Task.Delay(Poll, TimeProvider.System, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
    }

    private static Func<IEnumerable<RecordLine>, IEnumerable<byte[]>> Renderer(string format)
    {
        if (format != Otlp)
        {
            return lines => lines.Select(line => format == Ocsf ? OcsfEvent.Render(line) : line.Json);
        }

        var request = new CollectorRequest(CollectedRecord.Program, CollectedRecord.Scope);
        return lines =>
        {
            var records = lines.Select(CollectedRecord.Create).ToList();
            return records.Count > 0 ? [request.Render(records)] : [];
        };
    }

    private static bool IsSince(RecordLine line, DateTimeOffset since)
    {
        if (since == DateTimeOffset.MinValue)
        {
            return true;
        }

        using var document = JsonDocument.Parse(line.Json);
        return document.RootElement.Time() >= since;
    }
}
