using Culvert.Machine.Client.Reloading;
using Culvert.Platform.Health;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Ui;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>The running agent. Credentials and feed determine edges and domain; their changes need no restart.</summary>
internal sealed class AgentRuntime : IAsyncDisposable
{
    private static readonly TimeSpan BetweenCounts = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenWithdrawalChecks = TimeSpan.FromSeconds(1);

    private readonly AgentComponents parts;
    private readonly AgentTelemetry telemetry;
    private readonly ILogger<AgentRuntime> logger;
    private readonly ConfigWatch<AgentSettings>? watch;
    private readonly FeedApplier feed;
    private readonly ConfigurationReloader reloader;

    /// <param name="watch">Reports changes of the file; null: there are none.</param>
    public AgentRuntime(
        AgentSettings settings,
        StateDirectory state,
        AgentTelemetry telemetry,
        TimeProvider time,
        ConfigWatch<AgentSettings>? watch = null
    )
    {
        (this.telemetry, this.watch) = (telemetry, watch);
        logger = telemetry.Loggers.CreateLogger<AgentRuntime>();
        parts = new AgentComponents(settings, state, telemetry.Loggers, time, watch, telemetry.Traces);
        feed = new FeedApplier(parts, logger);
        reloader = new ConfigurationReloader(parts, feed, logger);
        parts.Credentials.IdentityChanged = (identity, _) =>
        {
            telemetry.Subject?.AgentId = identity.EnrolmentId;
            return feed.ApplyAsync();
        };
        parts.Credentials.FeedChanged = async (changed, stop) =>
        {
            await feed.ApplyAsync();
            if (feed.OfferPolicies(changed))
            {
                await reloader.ApplyPoliciesAsync(stop);
            }
        };
    }

    /// <summary>The checks of <c>/readyz</c>.</summary>
    public IReadOnlyList<ReadinessCheck> Checks => parts.Readiness.Checks;

    public RunningChecks Doctor => parts.Doctor;

    /// <summary>Serves until cancelled, then drains. It recovers from external failures; readiness shows them.</summary>
    /// <exception cref="IOException">The health address is not available.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Log.Starting(logger, ProductVersion.Text, parts.Settings.Tunnel.Id);
        reloader.Announce();
        await parts.Server.StartAsync(cancellationToken);
        parts.LongPolls.Start();
        parts.Connectors.Start();
        var endpoints = new HealthEndpoints(
            AgentIdentity.Find(parts.Settings),
            Checks,
            parts.MetricsText,
            parts.Time,
            json => RouteCredential.Write(json, RouteCredential.List(parts.Generation.Routes))
        );
        await using var listening = await HealthServer.StartAsync(
            parts.Settings.Health,
            endpoints,
            cancellationToken,
            new StatusPage(new StatusViewBuilder(parts, endpoints, telemetry.Lines).BuildAsync).HandleAsync
        );
        var sections = new SharedSections(
            parts.Credentials.PrepareIdentity,
            listening,
            telemetry.Levels,
            telemetry.Traces,
            telemetry.Metrics
        );
        using var background = new CancellationTokenSource();
        using var audit = new CancellationTokenSource();
        var recording = parts.Trail.RunAsync(audit.Token);
        Task[] running =
        [
            parts.Credentials.RunAsync(background.Token),
            parts.Challenges.RunAsync(background.Token),
            parts.PublicCertificates.RunAsync(background.Token),
            parts.LeafFiles.RunAsync(parts.Leaves, background.Token),
            reloader.RunGenerationsAsync(background.Token),
            ReportCountsAsync(background.Token),
            parts.Exporter.RunAsync(background.Token),
            FollowWithdrawalAsync(background.Token),
            parts.ReportedChecks.RunAsync(parts.Credentials.RequestReport, background.Token),
            watch?.RunAsync(next => reloader.ApplyAsync(next, sections, background.Token), background.Token)
                ?? Task.CompletedTask,
        ];
        await BackgroundTasks.WaitForStopAsync([.. running, recording], cancellationToken);
        await StopAsync();
        await background.CancelAsync();
        await BackgroundTasks.WaitForEndAsync(running);

        // Last, so that calls that end during the drain are recorded too.
        await audit.CancelAsync();
        await BackgroundTasks.WaitForEndAsync([recording]);
        Log.Stopped(logger);
    }

    public ValueTask DisposeAsync() => parts.DisposeAsync();

    // S10: after a certificate was withdrawn or has expired, the agent stops serving within 5 s.
    private async Task FollowWithdrawalAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenWithdrawalChecks, parts.Time);
        string? known = null;
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var reason = parts.Credentials.Withdrawal;
            if (reason is not null && known is null)
            {
                Log.ServingEnded(logger, reason);
            }

            // Repeated: a dial in progress may succeed after the other connections were closed.
            if (reason is not null || known is not null)
            {
                await feed.ApplyAsync();
            }

            known = reason;
        }
    }

    // All other events are reported at once, together with the counts.
    private async Task ReportCountsAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenCounts, parts.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (parts.Counts.HasNews)
            {
                parts.Credentials.RequestReport();
            }
        }
    }

    private async Task StopAsync()
    {
        Log.Draining(logger, parts.Fleet.Options.Drain);
        await Task.WhenAll(parts.Fleet.StopAsync(), parts.LongPolls.StopAsync(), parts.Connectors.StopAsync());

        // The remaining streams, if any, must end now.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await parts.Server.StopAsync(now.Token);
    }
}
