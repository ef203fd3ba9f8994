using System.CommandLine;
using System.Text.Json;
using Culvert.Platform.Configuration;
using Culvert.Platform.Health;
using Culvert.Platform.Programs;

namespace Culvert.Platform.Doctor;

/// <summary>The <c>doctor</c> command, which differs between programs only in its checks.</summary>
public static class DoctorCommandLine
{
    private const string ConfigurationCheck = "configuration";

    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    private static readonly Option<string?> Check = new("--check") { Description = "Report only this check." };

    /// <summary>Creates the command. The check of the running program comes first; the others receive its finding.</summary>
    /// <param name="requested">Checks that run only if <c>--check</c> names them, by their ids.</param>
    public static Command Create<T>(
        string description,
        ConfigLocation location,
        Func<ConfigSection, T> read,
        RunningCheck running,
        Func<T, HealthOptions> health,
        Func<T, ProgramIdentity> identity,
        IReadOnlyList<string> ids,
        Func<T, DoctorFinding, CancellationToken, Task<IReadOnlyList<DoctorFinding>>> find,
        IReadOnlyDictionary<string, Func<T, CancellationToken, Task<DoctorFinding>>>? requested = null
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(location);
        ArgumentNullException.ThrowIfNull(running);
        var command = new Command("doctor", description) { Json, Check };
        command.SetAction(
            async (parsed, cancel) =>
            {
                if (
                    await RefuseUnknownAsync(
                        parsed,
                        [ConfigurationCheck, running.Id, .. ids, .. requested?.Keys ?? []]
                    ) is
                    { } usage
                )
                {
                    return usage;
                }

                var loaded = ConfigCommand.Load(parsed, location, read);
                if (loaded is not { IsValid: true, Settings: { } settings })
                {
                    return await ReportAsync(parsed, [BadConfiguration(location, loaded.Errors)]);
                }

                if (requested?.GetValueOrDefault(parsed.GetValue(Check) ?? "") is { } run)
                {
                    return await ReportAsync(parsed, [await run(settings, cancel)]);
                }

                var runs = await running.RunAsync(health(settings), identity(settings), cancel);
                return await ReportAsync(
                    parsed,
                    [
                        DoctorFinding.Pass(ConfigurationCheck, "The configuration is valid."),
                        runs,
                        .. await find(settings, runs, cancel),
                    ]
                );
            }
        );
        return command;
    }

    private static async Task<int?> RefuseUnknownAsync(ParseResult parsed, IReadOnlyList<string> known)
    {
        if (parsed.GetValue(Check) is not { } wanted || known.Contains(wanted, StringComparer.Ordinal))
        {
            return null;
        }

        var near = ConfigText.Nearest(wanted, known) ?? known[0];
        await parsed.InvocationConfiguration.Error.WriteLineAsync(
            $"--check: unknown check {wanted}; did you mean {near}?"
        );
        return ExitCodes.Usage;
    }

    private static async Task<int> ReportAsync(ParseResult parsed, IReadOnlyList<DoctorFinding> findings)
    {
        var report = new DoctorReport(
            Checks: parsed.GetValue(Check) is { } id ? [.. findings.Where(finding => finding.Id == id)] : findings
        );
        var isColoured =
            ReferenceEquals(parsed.InvocationConfiguration.Output, Console.Out)
            && StatusColours.AreEnabled(!Console.IsOutputRedirected, Environment.GetEnvironmentVariable);
        await parsed.InvocationConfiguration.Output.WriteLineAsync(
            parsed.GetValue(Json) ? JsonSerializer.Serialize(report, DoctorJson.Default.DoctorReport)
            : isColoured ? StatusColours.Paint(report.ToText())
            : report.ToText()
        );
        return report.Failed.Count == 0 ? ExitCodes.Done : ExitCodes.CheckFailed;
    }

    private static DoctorFinding BadConfiguration(ConfigLocation location, IReadOnlyList<ConfigError> errors) =>
        DoctorFinding.Fail(
            ConfigurationCheck,
            "The configuration has errors.",
            "Fix them first; the other checks depend on them.",
            $"{location.Program} config check"
        ) with
        {
            Evidence = [.. errors.Select(error => error.ToString())],
        };
}
