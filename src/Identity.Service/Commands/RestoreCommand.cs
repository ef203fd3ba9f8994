using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Culvert.Identity.Service.Backup;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Configuration;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Commands;

/// <summary>
/// <c>identity-service restore</c>: restores a backup where no installation exists, or checks whether that would succeed.
/// </summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Of `identity-service backup`." };
        var plan = new Option<bool>("--plan") { Description = "Check everything and write nothing." };
        var later = new Option<string[]>("--later")
        {
            Description =
                "An audit export made after the backup: revocations and removals in it are applied again. "
                + "May be repeated.",
        };
        var lists = new Option<string[]>("--revocation-list")
        {
            Description = "A revocation list published after the backup. May be repeated.",
        };
        var nothing = new Option<bool>("--nothing-later")
        {
            Description =
                "Confirm that nothing was changed after the backup (or after the exports); recorded in the audit.",
        };
        var ifNeeded = new Option<bool>("--if-needed")
        {
            Description = "Succeed without a change if an installation exists.",
        };
        var command = new Command("restore", "Restore an installation from a backup where none exists yet.")
        {
            file,
            plan,
            later,
            lists,
            nothing,
            ifNeeded,
        };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    parsed,
                    parsed.GetRequiredValue(file),
                    parsed.GetValue(plan),
                    new RestoreChoice(
                        parsed.GetValue(later) ?? [],
                        parsed.GetValue(lists) ?? [],
                        parsed.GetValue(nothing)
                    ),
                    parsed.GetValue(ifNeeded),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        string file,
        bool isPlan,
        RestoreChoice choice,
        bool ifNeeded,
        CancellationToken cancellationToken
    )
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Service, ServiceConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        try
        {
            var options = loaded.Settings.Options;
            using var state = StateDirectory.Open(options.StateDirectory);
            using var loggers = LoggingExtensions.CreateLoggerFactory(loaded.Settings.Log);
            var restorer = Composition.CreateRestorer(options, TimeProvider.System, loggers);
            var plan = restorer.Check(file, choice);
            foreach (var line in Describe(plan))
            {
                await output.WriteLineAsync(line.AsMemory(), cancellationToken);
            }

            if (isPlan)
            {
                await output.WriteLineAsync("Nothing was written.".AsMemory(), cancellationToken);
                return ExitCodes.Done;
            }

            var narrowed = await restorer.RestoreAsync(
                plan,
                choice,
                (table, rows) =>
                    error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"restored {table.Name}: {rows}")),
                cancellationToken
            );
            foreach (var line in Outcome(narrowed))
            {
                await output.WriteLineAsync(line.AsMemory(), cancellationToken);
            }

            return ExitCodes.Done;
        }
        catch (AlreadyInitialisedException present) when (ifNeeded)
        {
            await output.WriteLineAsync(present.Message.AsMemory(), cancellationToken);
            return ExitCodes.Done;
        }
        catch (Exception fault)
            when (fault
                    is StoreException
                        or BackupException
                        or StateDirectoryException
                        or SecretUnavailableException
                        or IOException
                        or UnauthorizedAccessException
                        or DbException
            )
        {
            await error.WriteLineAsync(fault.Message.AsMemory(), CancellationToken.None);
            return fault is BackupException ? ExitCodes.Refused : StartFailure.ToExitCode(fault);
        }
    }

    private static IEnumerable<string> Describe(RestorePlan plan)
    {
        var header = plan.Header;
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"The backup is whole and ours: {plan.Rows} rows, as of {header.MadeAt:u}, installation {header.InstallationId}."
        );
        yield return "The sealing key opens the backup, public_url and trust_domain match the configuration, and no installation exists here.";
        foreach (var migration in plan.Migrations)
        {
            yield return $"to be applied: {migration}";
        }

        foreach (var item in header.HsmObjects)
        {
            yield return $"needed in the HSM: {item.Label ?? "the key"} of {item.Kind} {item.Id}";
        }

        if (plan.AfterBackup is { } later)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"later history: {later.Events.Count} events{(later.Events is [.., var last] ? $", up to {last.At:u}" : "")}"
            );
        }

        foreach (var list in plan.Lists)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"later list of {list.CaId}: number {list.List.Number}, {list.List.Entries.Count} entries"
            );
        }

        yield return "Revoke all earlier admin keys, console sessions, enrolments, machine certificates, access tokens, credentials of relying parties and rights of webhooks to decide; nodes get new names.";
    }

    private static IEnumerable<string> Outcome(IReadOnlyCollection<Narrowing> narrowed)
    {
        foreach (var one in narrowed)
        {
            yield return $"{one.Deed}: {one.Kind} {one.Id} ({one.Cause})";
        }

        yield return "Restored. Next: `identity-service admin-key create`, then start the service, then review what is on hold.";
        yield return "Agents and edges enrol again when they reach the service; until then `culvert status` reports no live agents. Their "
            + "former certificates are refused, also those that this backup does not have.";
        yield return "Make new credentials for relying parties, and register webhooks that decide on calls again: docs/backup.md.";
    }
}
