using System.CommandLine;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Configuration;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Identity.Service.Commands;

/// <summary><c>identity-service migrate</c>: migrates the database to this version without starting the service.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var plan = new Option<bool>("--plan") { Description = "Print the pending migrations without applying them." };
        var check = new Option<bool>("--check")
        {
            Description =
                "Only check whether this version starts on the database as configured; exit with 78 and the reason if not.",
        };
        var ifInitialised = new Option<bool>("--if-initialised")
        {
            Description = "Succeed without a change if no installation exists.",
        };
        var command = new Command(
            "migrate",
            "Bring the database to this version. Can run while nodes run on PostgreSQL; on SQLite the service must be stopped."
        )
        {
            plan,
            check,
            ifInitialised,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(plan) && result.GetValue(check))
            {
                result.AddError("--plan and --check exclude each other.");
            }
        });
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    parsed,
                    settings =>
                        parsed.GetValue(check) ? Check(settings.Options)
                        : parsed.GetValue(plan) ? Plan(settings.Options)
                        : Apply(settings),
                    parsed.GetValue(ifInitialised),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        Func<ServiceSettings, IEnumerable<string>> act,
        bool ifInitialised,
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
            foreach (var line in act(loaded.Settings))
            {
                await output.WriteLineAsync(line.AsMemory(), cancellationToken);
            }

            return ExitCodes.Done;
        }
        catch (NotInitialisedException absent) when (ifInitialised)
        {
            await output.WriteLineAsync(absent.Message.AsMemory(), cancellationToken);
            return ExitCodes.Done;
        }
        catch (Exception fault)
            when (fault is StoreException or StateDirectoryException or SecretUnavailableException or IOException)
        {
            await error.WriteLineAsync(fault.Message.AsMemory(), CancellationToken.None);
            return StartFailure.ToExitCode(fault);
        }
    }

    private static IEnumerable<string> Check(ServiceOptions options)
    {
        Store.RequireStartable(options.StoreSettings);
        return ["This version starts on the database."];
    }

    private static IEnumerable<string> Plan(ServiceOptions options) =>
        Describe("needed", Store.Migrate(options.StoreSettings, isPlan: true, NullLogger.Instance));

    private static IEnumerable<string> Apply(ServiceSettings settings)
    {
        var options = settings.Options;
        // SQLite has one user, which holds the lock: its service must be stopped. A database server has several, and the
        // store refuses migrations that would break running nodes.
        using var state = options.Storage.Postgres is null ? StateDirectory.Open(options.StateDirectory) : null;
        using var loggers = LoggingExtensions.CreateLoggerFactory(settings.Log);
        return Describe(
            "applied",
            Store.Migrate(options.StoreSettings, isPlan: false, loggers.CreateLogger("Culvert.Storage"))
        );
    }

    private static IReadOnlyList<string> Describe(string done, IReadOnlyList<string> names) =>
        names.Count == 0 ? ["The database is of this version."] : [.. names.Select(name => $"{done}: {name}")];
}
