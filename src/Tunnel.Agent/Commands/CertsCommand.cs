using System.CommandLine;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.CertificateFiles;
using Culvert.Platform.Configuration;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Agent.CertificateFiles;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent certs --output DIR</c>: keeps key, certificate and trust bundle current as files.</summary>
internal static class CertsCommand
{
    // How long the service may hold a feed request open; short with --once, which waits for the response.
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(1);

    private static readonly Option<string> Output = new("--output")
    {
        Description = "The folder of the files; created if needed, only for this command.",
        Required = true,
    };

    private static readonly Option<bool> Once = new("--once")
    {
        Description = "Exit when no renewal is due and the files are current.",
    };

    private static readonly Option<string?> Exec = new("--exec")
    {
        Description =
            "Command to run after a change, without a shell; use quotes for words with spaces ('nginx -s reload').",
    };

    private static readonly Option<TimeSpan> Limit = new("--timeout")
    {
        Description = "With --once: how long to try (default: 60s).",
        DefaultValueFactory = _ => DefaultTimeout,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (ConfigText.TryDuration(text, out var duration) && duration > TimeSpan.Zero)
            {
                return duration;
            }

            result.AddError($"--timeout {text}: a duration such as 60s is required.");
            return default;
        },
    };

    public static Command Create()
    {
        var command = new Command("certs", "Keep the tunnel's key, certificate and trust bundle current as files.")
        {
            Output,
            Once,
            Exec,
            Limit,
        };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var error = parsed.InvocationConfiguration.Error;
        var change = parsed.GetValue(Exec) is { } text ? ChangeCommand.Parse(text) : null;
        if (parsed.GetValue(Exec) is not null && change is null)
        {
            await error.WriteLineAsync("--exec: the command is empty, or a quote is not closed.");
            return ExitCodes.Usage;
        }

        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        if (loaded.Settings.Identity.Mode == IdentityMode.Manual)
        {
            // S5: a holder of the tunnel token may carry the tunnel's traffic, and never terminate its TLS.
            await error.WriteLineAsync("identity.mode is manual: a tunnel token is never worth a certificate.");
            return ExitCodes.Configuration;
        }

        try
        {
            using var folder = CertificateFolder.Open(parsed.GetRequiredValue(Output));
            return await ProgramHost.RunAsync(token => RenewAsync(parsed, loaded.Settings, folder, change, token));
        }
        catch (CertificateFolderException e)
        {
            await error.WriteLineAsync($"--output: {e.Message}");
            return e.IsBusy ? ExitCodes.TryAgain : ExitCodes.Configuration;
        }
    }

    private static async Task<int> RenewAsync(
        ParseResult parsed,
        AgentSettings settings,
        CertificateFolder folder,
        ChangeCommand? change,
        CancellationToken cancellationToken
    )
    {
        var (once, time) = (parsed.GetValue(Once), TimeProvider.System);
        using var loggers = LoggingExtensions.CreateLoggerFactory(settings.Log);
        using var renewer = new CertificateFileRenewer(
            settings,
            folder,
            change,
            once ? ShortWait : LongWait,
            loggers,
            time
        );
        if (!once)
        {
            // Runs until a signal, which is a normal exit.
            await EndAsync(renewer.RunAsync(cancellationToken));
            return ExitCodes.Done;
        }

        using var limit = new TimeLimit(parsed.GetValue(Limit), time, cancellationToken);
        try
        {
            await renewer.RunOnceAsync(time.GetUtcNow(), limit.Token);
            var current = folder.Current!;
            await parsed.InvocationConfiguration.Output.WriteLineAsync(
                $"current: serial {current.Serial}, until {current.NotAfter.UtcDateTime:u}, trust bundle {current.BundleEpoch}"
            );
            return ExitCodes.Done;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var problems = await renewer.FindProblemsAsync(cancellationToken);
            foreach (var problem in problems.DefaultIfEmpty("The service has not answered yet, or --exec failed."))
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(problem);
            }

            return ExitCodes.TryAgain;
        }
    }

    private static async Task EndAsync(Task running)
    {
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // The expected end.
        }
    }
}
