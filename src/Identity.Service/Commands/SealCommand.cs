using System.CommandLine;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Platform.Configuration;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Commands;

/// <summary>
/// <c>identity-service seal rotate</c>: seals every stored secret again with the latest version of the key.
/// </summary>
internal static class SealCommand
{
    public static Command Create()
    {
        var rotate = new Command(
            "rotate",
            "Re-seal every stored secret with the newest version of keys.sealing_key. Can run while the service runs, "
                + "and again after an interruption."
        );
        rotate.SetAction(RunAsync);
        return new Command("seal", "The key that seals secrets in the database.") { rotate };
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
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
            using var alone = HostCommand.AcquireLock(options);
            if (alone is null)
            {
                await error.WriteLineAsync(
                    "Another command is changing this installation: retry when it has finished."
                );
                return ExitCodes.TryAgain;
            }

            using var loggers = LoggingExtensions.CreateLoggerFactory(loaded.Settings.Log);
            var (versions, writing) = await RotateAsync(
                options,
                loggers,
                HostCommand.Actor(),
                progress =>
                    output.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{progress.Column, -42} re-sealed {progress.Resealed}, current {progress.Current}, changed meanwhile {progress.Changed}"
                        )
                    ),
                cancellationToken
            );
            if (versions.All(version => version == writing))
            {
                await output.WriteLineAsync(
                    $"everything is sealed with version {writing}; older lines of the key file can go"
                );
                return ExitCodes.Done;
            }

            await error.WriteLineAsync(
                $"versions {string.Join(", ", versions)} are still in use: is every node restarted with version {writing}? "
                    + "Then run this again."
            );
            return ExitCodes.TryAgain;
        }
        catch (Exception fault) when (fault is StoreException or SecretUnavailableException or IOException)
        {
            await error.WriteLineAsync(fault.Message.AsMemory(), CancellationToken.None);
            return StartFailure.ToExitCode(fault);
        }
    }

    /// <summary>
    /// Seals again and records it in a separate chain next to the running service's. The chain is opened first: a rotation
    /// that cannot be recorded does not start.
    /// </summary>
    public static async Task<(IReadOnlyList<uint> InUse, uint Writing)> RotateAsync(
        ServiceOptions options,
        ILoggerFactory loggers,
        AuditActor actor,
        Action<SealProgress> report,
        CancellationToken cancellationToken
    )
    {
        using var store = Store.OpenBeside(options.StoreSettings);
        var services = new ServiceCollection().AddCulvertService(options, store, TimeProvider.System);
        services.AddSingleton(loggers);
        await using var provider = services.BuildServiceProvider();
        var journal = provider.GetRequiredService<IJournal>();
        List<SealProgress> columns = [];
        (IReadOnlyList<uint> InUse, uint Writing) done = ([], 0);
        ExceptionDispatchInfo? broken = null;
        try
        {
            done = Store.RotateSeals(
                options.StoreSettings,
                progress =>
                {
                    columns.Add(progress);
                    report(progress);
                },
                cancellationToken
            );
        }
        catch (Exception fault) when (fault is StoreException or OperationCanceledException)
        {
            // Secrets that were sealed again before the error stay so, and are recorded too.
            broken = ExceptionDispatchInfo.Capture(fault);
        }

        var written = await journal.CommitAsync(
            new Decision
            {
                Event = new SealsRotated(
                    new AuditOrigin(TimeProvider.System.GetUtcNow(), new AuditCause(actor)),
                    broken is null ? done.Writing : null,
                    done.InUse,
                    columns,
                    broken?.SourceException.Message
                ),
            },
            CancellationToken.None
        );
        broken?.Throw();
        return written.RefusalUnlessCommitted() is { } unavailable
            ? throw new StoreException(
                $"The secrets are re-sealed, but writing the audit entry failed: {unavailable.Message}"
            )
            : done;
    }
}
