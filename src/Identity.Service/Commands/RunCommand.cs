using System.CommandLine;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Configuration;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Metrics;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Platform.Telemetry;

namespace Culvert.Identity.Service.Commands;

/// <summary><c>identity-service run</c>: serves until a signal arrives.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = new Command("run", "Serve until stopped.");
        command.SetAction(RunAsync);
        return command;
    }

    /// <summary>Distinguishes the nodes of a machine, in <c>/readyz</c> and for the doctor.</summary>
    public static ProgramIdentity Identify(ServiceSettings settings) =>
        new("identity-service", ("public_url", settings.Options.PublicUrl), ("node", settings.Options.NodeName));

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
            return await ServeAsync(parsed, loaded, cancellationToken);
        }
        catch (Exception fault)
            when (fault is StoreException or StateDirectoryException or SecretUnavailableException or IOException)
        {
            // Expected at start: not initialised, locked, no key, a port in use. The message is complete.
            await error.WriteLineAsync(fault.Message.AsMemory(), CancellationToken.None);
            return StartFailure.ToExitCode(fault);
        }
    }

    // Each key belongs to a section of OptionsInForce, or to the log. All other keys need a restart.
    private static readonly ReloadableKeys Reloadable = new(
        "log.",
        "notices.",
        "limits.",
        "certificates.server_life",
        "certificates.server_life_max",
        "certificates.platform_life",
        "certificates.backdate",
        "certificates.approval",
        "certificates.propagation",
        "certificates.key_retention",
        "certificates.dangerous_allow_key_import",
        "certificates.dangerous_platform_root_wait",
        "certificates.blocked_keys_file",
        "certificates.crl_shards",
        "certificates.crl_life",
        "certificates.crl_url",
        "certificates.crl_address",
        "certificates.ocsp_life",
        "certificates.ocsp_url",
        "certificates.ocsp_address",
        "federation.leeway",
        "federation.max_rule_token_life",
        "federation.lint_warnings",
        "federation.history_retention",
        "federation.signal_poll_interval",
        "federation.jwks_directory",
        "federation.fetch.",
        "private_issuer_networks",
        "agents.",
        "tunnels.",
        "api.trusted_proxies",
        "api.proxy_protocol.trusted_proxies",
        "machine.proxy_protocol.trusted_proxies",
        "sign_in.",
        "mail.",
        "audit.retention",
        "drain_delay"
    );

    /// <summary>Whether a reload can change the key; all other keys are applied only at start.</summary>
    internal static bool IsReloadable(string key) => Reloadable.Contains(key);

    /// <summary>The keys of the configuration file, and which of them are reloadable.</summary>
    internal static ConfigKeys DescribeKeys() =>
        new(IsReloadable, typeof(ConfigKeys).Assembly, typeof(RunCommand).Assembly);

    private static async Task<int> ServeAsync(
        ParseResult parsed,
        ConfigResult<ServiceSettings> loaded,
        CancellationToken cancellationToken
    )
    {
        var settings = loaded.Settings!;
        using var levels = new LogLevels(settings.Log.Level);
        using var state = StateDirectory.Open(settings.Options.StateDirectory);
        using var metrics = new MetricsText();
        using var loggers = LoggingExtensions.CreateLoggerFactory(settings.Log, levels: levels);
        using var store = Store.Open(settings.Options.StoreSettings, loggers.CreateLogger("Culvert.Storage"));
        using var traces = Traces.Start(settings.Telemetry, "identity-service", RequestSpan.SourceName);
        using var export = MetricsExport.Start(settings.Telemetry, "identity-service");
        await using var app = ServiceHost.Build(
            settings.Options,
            store,
            TimeProvider.System,
            services => services.AddSingleton(traces).AddLogging(logging => Configure(logging, settings.Log, levels))
        );
        await app.StartAsync(cancellationToken);
        try
        {
            var watch = new ConfigWatch<ServiceSettings>(
                ConfigCommand.FindFile(parsed, ConfigLocation.Service),
                () => ConfigCommand.Load(parsed, ConfigLocation.Service, ServiceConfiguration.Read),
                loaded,
                IsReloadable,
                TimeProvider.System,
                app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Culvert.Configuration")
            );
            using var hangUp = HangUpSignal.Hurries(watch);
            List<ReadinessCheck> checks =
            [
                .. app.Services.GetServices<ReadinessCheck>(),
                ReadinessCheck.Create(
                    "configuration",
                    () => watch.Problem is { Length: > 0 } problem ? problem : null
                ) with
                {
                    IsAdvisory = true,
                },
            ];
            await using var health = await HealthServer.StartAsync(
                settings.Health,
                new HealthEndpoints(Identify(settings), checks, metrics, TimeProvider.System),
                cancellationToken
            );
            var logger = app.Services.GetRequiredService<ILogger<ApiHost>>();
            Hosting.Log.Serving(logger, ProgramVersion.Current, settings.Options.PublicUrl, string.Join(' ', app.Urls));
            // Without a signal, the service stops only if a new process is the solution (an HSM library that hangs).
            var stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
            var current = app.Services.GetRequiredService<OptionsInForce>();
            await WatchAsync(
                watch,
                next =>
                {
                    levels.Use(next.Log);
                    return current.UseAsync(next.Options, either.Token);
                },
                either.Token
            );
            if (cancellationToken.IsCancellationRequested)
            {
                await app.Services.GetRequiredService<ServiceDrain>().RunAsync();
            }

            return cancellationToken.IsCancellationRequested ? ExitCodes.Done : ExitCodes.TryAgain;
        }
        finally
        {
            // Completes long polls and running requests, then closes.
            await app.StopAsync(CancellationToken.None);
        }
    }

    // With a logger enabled for this category, the web server creates an activity and a log scope for each request. The
    // category only reports requests, which this log does not contain, and errors, which the envelope has already reported.
    private static void Configure(ILoggingBuilder logging, LogOptions options, LogLevels levels) =>
        logging
            .AddCulvertLogging(options, levels: levels)
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

    private static async Task WatchAsync(
        ConfigWatch<ServiceSettings> watch,
        Func<ServiceSettings, ValueTask> apply,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await watch.RunAsync(apply, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped by a signal.
        }
    }
}
