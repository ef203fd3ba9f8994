using System.CommandLine;
using System.Text.Json;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;
using Culvert.Platform.Identity;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>
/// <c>tunnel-agent doctor</c>: says which hop does not work, why, and what to do. Also works while the agent runs: it
/// looks at what that agent keeps, and changes nothing of it.
/// </summary>
internal static class DoctorCommand
{
    private const string ConfigurationCheck = "configuration";

    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    private static readonly Option<string?> Check = new("--check") { Description = "Report on one check alone." };

    public static Command Create()
    {
        var command = new Command(
            "doctor",
            "Check every hop from the identity token to the service, and every certificate."
        )
        {
            Json,
            Check,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] known = [ConfigurationCheck, .. RouteChecks.Ids, .. FederationChecks.Ids, .. CertificateChecks.Ids];
        if (parsed.GetValue(Check) is { } wanted && !known.Contains(wanted))
        {
            var near = ConfigText.Nearest(wanted, known) ?? known[0];
            await parsed.InvocationConfiguration.Error.WriteLineAsync(
                $"--check: there is no {wanted}; did you mean {near}?"
            );
            return ExitCodes.Usage;
        }

        var findings = await FindAsync(parsed, cancellationToken);
        var report = new DoctorReport
        {
            Checks = parsed.GetValue(Check) is { } id ? [.. findings.Where(finding => finding.Id == id)] : findings,
        };
        await parsed.InvocationConfiguration.Output.WriteLineAsync(
            parsed.GetValue(Json) ? JsonSerializer.Serialize(report, DoctorJson.Default.DoctorReport) : report.ToText()
        );
        return report.Failed.Count == 0 ? ExitCodes.Done : ExitCodes.CheckFailed;
    }

    private static async Task<IReadOnlyList<DoctorFinding>> FindAsync(
        ParseResult parsed,
        CancellationToken cancellationToken
    )
    {
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        if (!loaded.IsValid)
        {
            return
            [
                DoctorFinding.Fail(
                    ConfigurationCheck,
                    "The configuration has errors.",
                    "Nothing else can be checked before they are mended.",
                    "tunnel-agent config check"
                ) with
                {
                    Evidence = [.. loaded.Errors.Select(error => error.ToString())],
                },
            ];
        }

        var (identity, time) = (loaded.Settings.Identity, TimeProvider.System);
        var checks = new FederationChecks(
            identity,
            new IdentityTokenSource(identity.Token, time),
            new IdentityClient(identity, new FirstTrust(identity, time), time),
            FederatedProof.BindingOf(identity, loaded.Settings.StateDirectory),
            time
        );
        var routes = new RouteChecks(loaded.Settings, new KeySetSource(new IssuerDocuments(time)));
        return
        [
            DoctorFinding.Pass(ConfigurationCheck, "The configuration is valid."),
            .. await routes.RunAsync(cancellationToken),
            .. await checks.RunAsync(cancellationToken),
            .. CertificateChecks.Run(await CertificateFacts.GatherAsync(loaded.Settings, time, cancellationToken)),
        ];
    }
}
