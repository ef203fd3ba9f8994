using System.CommandLine;
using System.Net;
using Culvert.Machine.Client.Credentials;
using Culvert.Machine.Client.Reloading;
using Culvert.Platform.Configuration;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Metrics;
using Culvert.Platform.Programs;
using Culvert.Platform.Telemetry;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Hosting;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Telemetry;

namespace Culvert.Tunnel.Edge.Commands;

/// <summary><c>tunnel-edge run</c>: runs credentials, feed and data path until a signal.</summary>
internal static class RunCommand
{
    private static readonly ReloadableKeys Reloadable = new([
        .. SharedSections.Reloadable,
        "agents.advertise",
        "agents.max_connections",
        "agents.handshake_timeout",
        "agents.max_stream_life",
        "agents.offline_grace",
        "agents.settle",
        "sni.public_port",
        "sni.handshake_timeout",
        "sni.max_hello_bytes",
        "connect.public_port",
        "proxy_protocol.",
        "clients.",
        "tunnel_defaults.",
        "drain_timeout",
        "drain_delay",
    ]);

    public static Task<int> RunAsync(ParseResult parsed)
    {
        var error = parsed.InvocationConfiguration.Error;
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Edge, EdgeSettingsReader.Read);
        if (!loaded.IsValid)
        {
            return Task.FromResult(ProgramHost.Report(loaded.Errors, error));
        }

        return ProgramHost.RunAsync(async stop =>
        {
            try
            {
                return await RunAsync(parsed, loaded, stop);
            }
            catch (Exception e) when (e is StateDirectoryException or ListenException or IOException)
            {
                await error.WriteLineAsync(e.Message);
                return ExitCodes.Failed;
            }
        });
    }

    /// <summary>True for the keys that a running edge can reload: not its identity, nor its listening addresses.</summary>
    internal static bool IsReloadable(string key) => Reloadable.Contains(key);

    internal static ConfigKeys DescribeKeys() =>
        new(IsReloadable, typeof(ConfigKeys).Assembly, typeof(SharedSections).Assembly, typeof(RunCommand).Assembly);

    private static async Task<int> RunAsync(
        ParseResult parsed,
        ConfigResult<EdgeSettings> loaded,
        CancellationToken stop
    )
    {
        WorkerThreads.Reserve();
        var time = TimeProvider.System;
        var settings = loaded.Settings!;
        using var levels = new LogLevels(settings.Log.Level);
        using var loggers = LoggingExtensions.CreateLoggerFactory(settings.Log, levels: levels);
        var logger = loggers.CreateLogger("Culvert.Tunnel.Edge");
        Log.Starting(logger, ProductVersion.Text, settings.EdgeId);
        using var directory = StateDirectory.Open(settings.StateDirectory);
        var mark = new DrainMark(directory.Path);
        using var metrics = new MetricsText();
        EdgeServer? server = null;
        using var credentials = CredentialManager.ForEdge(
            new CredentialManagerOptions
            {
                Identity = settings.Identity,
                MaxFeedAge = AgentOptions.LongestOfflineGrace,
            },
            settings.EdgeId,
            directory,
            () => EdgeReporting.Content(settings, server),
            loggers,
            time
        );
        var state = new EdgeState(() => credentials.LastContact, () => credentials.Withdrawal);
        Connect(credentials, state, () => server?.Settings ?? settings, logger);
        var challenges = new ChallengeAcknowledgements((id, ct) => AcknowledgeAsync(credentials, id, logger, ct), time);
        state.SnapshotChanged += challenges.Apply;

        using var traces = Traces.Start(settings.Telemetry, "tunnel-edge", ConnectionSpan.SourceName);
        using var export = MetricsExport.Start(settings.Telemetry, "tunnel-edge");
        await using var running = server = EdgeServer.Start(settings, state, time, loggers, () => mark.IsSet, traces);
        running.AgentsChanged += credentials.RequestReport;
        var watch = new ConfigWatch<EdgeSettings>(
            ConfigCommand.FindFile(parsed, ConfigLocation.Edge),
            () => ConfigCommand.Load(parsed, ConfigLocation.Edge, EdgeSettingsReader.Read),
            loaded,
            IsReloadable,
            time,
            loggers.CreateLogger("Culvert.Configuration")
        );
        running.Metrics.WatchConfiguration(() => watch.Refused, () => watch.RestartKeys.Count);
        using var hangUp = HangUpSignal.Hurries(watch);
        await using var health = await HealthServer.StartAsync(
            settings.Health,
            new HealthEndpoints(
                EdgeIdentity.Find(settings),
                [
                    .. credentials.Checks,
                    EdgeReadiness.Contact(state, () => running.Settings, time),
                    EdgeReadiness.Drain(() => running.IsDraining),
                    EdgeReadiness.Agents(() => running.AwaitsAgents),
                    .. watch.Checks,
                ],
                metrics,
                time
            ),
            stop
        );
        foreach (var url in health.Urls)
        {
            Hosting.Log.Listening(logger, "health", IPEndPoint.Parse(new Uri(url).Authority));
        }

        var sections = new SharedSections(credentials.PrepareIdentity, health, levels, traces, export);
        using var ending = new CancellationTokenSource();
        var manager = Task.WhenAll(
            credentials.RunAsync(ending.Token),
            challenges.RunAsync(ending.Token),
            watch.RunAsync(next => UseAsync(next, running, credentials, sections, ending.Token), ending.Token)
        );
        await Task.WhenAny(manager, Task.Delay(Timeout.InfiniteTimeSpan, time, stop));

        // The feed continues during the drain, so that revocations apply until the last stream is closed.
        await server.DrainAsync();
        await ending.CancelAsync();
        try
        {
            await manager;
        }
        catch (OperationCanceledException)
        {
            // Expected after the cancellation above.
        }

        return ExitCodes.Done;
    }

    private static async ValueTask UseAsync(
        EdgeSettings next,
        EdgeServer server,
        CredentialManager<EdgeFeed> credentials,
        SharedSections sections,
        CancellationToken cancellationToken
    )
    {
        await sections.UseAsync(next.Identity, next.Health, next.Log, next.Telemetry, cancellationToken);
        server.Use(next);
        credentials.RequestReport(); // agents receive the public ports
    }

    // A renewal may dispose of the old certificate's client during this call.
    private static async Task<bool> AcknowledgeAsync(
        CredentialManager<EdgeFeed> credentials,
        string id,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var failure = credentials.Machine is { } client
                ? await client.AcknowledgeEdgeChallengeAsync(id, cancellationToken)
                : null;
            if (failure is not null)
            {
                Log.ChallengeNotAcknowledged(logger, id, failure);
            }

            return credentials.Machine is not null && failure is not { IsTransient: true };
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private static void Connect(
        CredentialManager<EdgeFeed> credentials,
        EdgeState state,
        Func<EdgeSettings> settings,
        ILogger logger
    )
    {
        credentials.IdentityChanged = (identity, _) =>
        {
            state.Use(identity.Credential);
            return ValueTask.CompletedTask;
        };
        credentials.FeedChanged = (feed, _) =>
        {
            if (credentials.Trust is { } trust)
            {
                state.Use(EdgeSnapshot.From(feed, trust));
            }

            foreach (var address in settings().Agents.Advertise.Except(feed.Edge.Addresses, StringComparer.Ordinal))
            {
                Log.AdvertiseDiffers(logger, address, string.Join(", ", feed.Edge.Addresses));
            }

            return ValueTask.CompletedTask;
        };
    }
}
