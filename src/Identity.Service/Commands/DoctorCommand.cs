using System.CommandLine;
using System.Text.Json;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Doctor;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;
using Culvert.Platform.Programs;

namespace Culvert.Identity.Service.Commands;

/// <summary>
/// <c>identity-service doctor</c>: says what this node lacks, why, and what to do. Beside the running service as well:
/// it writes nothing.
/// </summary>
internal static class DoctorCommand
{
    private const string ConfigurationCheck = "configuration";

    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    private static readonly Option<string?> Check = new("--check") { Description = "Report on one check alone." };

    public static Command Create()
    {
        var command = new Command("doctor", "Check keys, database, clock, HSM, authorities and lists of this node.")
        {
            Json,
            Check,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        string[] known = [ConfigurationCheck, .. ServiceChecks.Ids];
        if (parsed.GetValue(Check) is { } wanted && !known.Contains(wanted))
        {
            var near = ConfigText.Nearest(wanted, known) ?? known[0];
            await error.WriteLineAsync($"--check: there is no {wanted}; did you mean {near}?");
            return ExitCodes.Usage;
        }

        var findings = await FindAsync(parsed, cancellationToken);
        var report = new DoctorReport
        {
            Checks = parsed.GetValue(Check) is { } id ? [.. findings.Where(finding => finding.Id == id)] : findings,
        };
        await output.WriteLineAsync(
            parsed.GetValue(Json) ? JsonSerializer.Serialize(report, DoctorJson.Default.DoctorReport) : report.ToText()
        );
        return report.Failed.Count == 0 ? ExitCodes.Done : ExitCodes.CheckFailed;
    }

    private static async Task<IReadOnlyList<DoctorFinding>> FindAsync(
        ParseResult parsed,
        CancellationToken cancellationToken
    )
    {
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Service, ServiceConfiguration.Read);
        if (!loaded.IsValid)
        {
            return
            [
                DoctorFinding.Fail(
                    ConfigurationCheck,
                    "The configuration has errors.",
                    "Nothing else can be checked before they are mended.",
                    "identity-service config check"
                ) with
                {
                    Evidence = [.. loaded.Errors.Select(error => error.ToString())],
                },
            ];
        }

        var facts = await ServiceFacts.GatherAsync(loaded.Settings.Options, TimeProvider.System, cancellationToken);
        return [DoctorFinding.Pass(ConfigurationCheck, "The configuration is valid."), .. ServiceChecks.Run(facts)];
    }
}
