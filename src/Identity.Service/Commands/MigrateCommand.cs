using System.CommandLine;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Configuration;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Commands;

/// <summary><c>identity-service migrate</c>: brings the database to this version, apart from serving.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var plan = new Option<bool>("--plan") { Description = "Print the pending migrations without applying them." };
        var command = new Command("migrate", "Bring the database to this version.") { plan };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, parsed.GetValue(plan), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, bool isPlan, CancellationToken cancellationToken)
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
            // A node that runs here holds the lock: it must be stopped before its database changes.
            using var state = StateDirectory.Open(options.StateDirectory);
            using var loggers = LoggingExtensions.CreateLoggerFactory(loaded.Settings.Log);
            var names = Store.Migrate(options.StoreSettings, isPlan, loggers.CreateLogger("Culvert.Storage"));
            foreach (var name in names)
            {
                await output.WriteLineAsync($"{(isPlan ? "needed" : "applied")}: {name}".AsMemory(), cancellationToken);
            }

            if (names.Count == 0)
            {
                await output.WriteLineAsync("The database is of this version.".AsMemory(), cancellationToken);
            }

            return ExitCodes.Done;
        }
        catch (Exception fault)
            when (fault is StoreException or StateDirectoryException or SecretUnavailableException or IOException)
        {
            await error.WriteLineAsync(fault.Message.AsMemory(), CancellationToken.None);
            return StartFailure.ToExitCode(fault);
        }
    }
}
