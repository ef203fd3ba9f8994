using System.CommandLine;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Configuration;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Metrics;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Commands;

/// <summary><c>identity-service run</c>: serves until a signal.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = new Command("run", "Serve until stopped.");
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Service, ServiceConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        try
        {
            await ServeAsync(loaded.Settings, cancellationToken);
            return ExitCodes.Done;
        }
        catch (Exception fault)
            when (fault is StoreException or StateDirectoryException or SecretUnavailableException or IOException)
        {
            // Expected at start: not initialised, locked, no key, a port taken. The message is the whole story.
            await error.WriteLineAsync(fault.Message.AsMemory(), CancellationToken.None);
            return ExitCodes.Failed;
        }
    }

    private static async Task ServeAsync(ServiceSettings settings, CancellationToken cancellationToken)
    {
        using var state = StateDirectory.Open(settings.Options.StateDirectory);
        using var metrics = new MetricsText();
        using var loggers = LoggingExtensions.CreateLoggerFactory(settings.Log);
        using var store = Store.Open(settings.Options, loggers.CreateLogger("Culvert.Storage"));
        await using var app = ServiceHost.Build(
            settings.Options,
            store,
            TimeProvider.System,
            services => services.AddLogging(logging => Configure(logging, settings.Log))
        );
        await app.StartAsync(cancellationToken);
        try
        {
            var checks = app.Services.GetServices<ReadinessCheck>().ToList();
            await using var health = await HealthServer.StartAsync(
                settings.Health,
                new HealthEndpoints(checks, metrics, TimeProvider.System),
                cancellationToken
            );
            var logger = app.Services.GetRequiredService<ILogger<MachineHost>>();
            Hosting.Log.Serving(logger, VersionCommand.Version, settings.Options.PublicUrl, string.Join(' ', app.Urls));
            await WaitAsync(cancellationToken);
        }
        finally
        {
            // Ends the long polls, answers what is being answered, then closes.
            await app.StopAsync(CancellationToken.None);
        }
    }

    // While anybody listens to this category, the web server makes an activity and a log scope for each request. It
    // only reports requests, which is not this log's business, and faults, which the envelope has already reported.
    private static void Configure(ILoggingBuilder logging, LogOptions options) =>
        logging.AddCulvertLogging(options).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

    private static async Task WaitAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
    }
}
