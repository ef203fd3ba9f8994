using System.Diagnostics.Metrics;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Quartz;

namespace Culvert.Identity.Service.Jobs;

/// <summary>
/// Runs the recurring jobs of this node with an in-memory Quartz scheduler: one job and one trigger for each. The store
/// determines what is due, so the schedule need not be persisted.
/// </summary>
internal sealed class JobScheduler(
    IEnumerable<RecurringJob> jobs,
    JobPauseStore store,
    IChanges changes,
    TimeProvider time,
    ILoggerFactory loggers
) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    private readonly Meter meter = new(ServiceMeters.MeterName);
    private readonly SteadyTime steady = new(time);
    private readonly ILogger<JobScheduler> logger = loggers.CreateLogger<JobScheduler>();
    private IScheduler? scheduler;
    private volatile Dictionary<string, JobPause> pauses = [];

    public IReadOnlyList<RecurringJob> Jobs { get; } = [.. jobs.OrderBy(job => job.Name, StringComparer.Ordinal)];

    public RecurringJob? Find(string name) => Jobs.FirstOrDefault(job => job.Name == name);

    /// <summary>The job's pause; null = not paused.</summary>
    public JobPause? FindPause(RecurringJob job) => pauses.GetValueOrDefault(job.Name);

    /// <summary>When the next round starts unless the job requests it earlier; null = never automatically.</summary>
    public async ValueTask<DateTimeOffset?> NextRunAsync(RecurringJob job, CancellationToken cancellationToken) =>
        scheduler is not null && await scheduler.GetTrigger(new TriggerKey(job.Name), cancellationToken) is { } trigger
            ? trigger.NextFireTimeUtc + (time.GetUtcNow() - steady.GetUtcNow())
            : null;

    /// <summary>Runs a round now, paused or not; completes after it.</summary>
    public async Task RunAsync(RecurringJob job, CancellationToken cancellationToken)
    {
        var ended = job.WhenRunAsync();
        await scheduler!.TriggerJob(new JobKey(job.Name), cancellationToken: cancellationToken);
        await ended;
    }

    /// <summary>Applies new intervals of jobs whose options changed; the new interval begins now.</summary>
    public async Task WaitForPaceAsync(CancellationToken cancellationToken)
    {
        foreach (var job in Jobs)
        {
            var key = new TriggerKey(job.Name);
            if (
                scheduler is null
                || await scheduler.GetTrigger(key, cancellationToken) is not ISimpleTrigger present
                || present.RepeatInterval == job.Every
            )
            {
                continue;
            }

            await scheduler.RescheduleJob(key, CreateTrigger(job, job.Every), cancellationToken);
            if (FindPause(job) is not null)
            {
                // A new trigger does not inherit the pause.
                await scheduler.PauseTrigger(key, cancellationToken);
            }
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        scheduler = await QuartzSchedulerBuilder
            .Create(quartz =>
            {
                quartz.Services.AddSingleton(loggers);
                quartz.UseTimeProvider(steady);
                quartz.UseDefaultThreadPool(Jobs.Count); // no round waits for another
                quartz.ConfigureScheduler(options =>
                {
                    options.InstanceName = "jobs";
                    options.MaxBatchSize = Jobs.Count;
                    options.ShutdownJobInterruption = ShutdownJobInterruption.Always;
                });
            })
            .BuildScheduler(cancellationToken);
        foreach (var job in Jobs)
        {
            await ScheduleAsync(scheduler, job, cancellationToken);
            await job.StartAsync(cancellationToken);
        }

        meter.CreateObservableGauge(
            "culvert_jobs_paused",
            () => pauses.Count,
            description: "Recurring jobs that an operator paused."
        );
        changes.Subscribe(ChangeTopics.Jobs, ReadPausesAsync);
        await ReadPausesAsync(cancellationToken);
        await scheduler.Start(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (scheduler is null)
        {
            return;
        }

        await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        foreach (var job in Jobs)
        {
            await job.StopAsync(cancellationToken);
        }
    }

    /// <summary>Waits for running rounds if the host is disposed without being stopped, unless one hangs.</summary>
    public async ValueTask DisposeAsync()
    {
        meter.Dispose();
        if (scheduler is null or { Status: SchedulerStatus.Shutdown })
        {
            return;
        }

        using var limit = new CancellationTokenSource(LongestEnd, TimeProvider.System);
        try
        {
            await scheduler.Shutdown(waitForJobsToComplete: true, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // A round hangs, for instance in an HSM's library: the process ends without it.
        }
    }

    private async Task ScheduleAsync(IScheduler quartz, RecurringJob job, CancellationToken cancellationToken)
    {
        var detail = JobBuilder
            .Create<RecurringJobRound>()
            .WithIdentity(job.Name)
            .UsingJobData(new JobDataMap { [RecurringJobRound.Job] = job })
            .Build();
        var trigger = CreateTrigger(job, job.BeginsAtOnce ? TimeSpan.Zero : job.Every);
        await quartz.ScheduleJob(detail, trigger, cancellationToken: cancellationToken);
        job.Requested += () => _ = TriggerAsync(quartz, job);
        job.RoundFailed += fault => Log.JobFailed(logger, fault, job.Name);
    }

    private ITrigger CreateTrigger(RecurringJob job, TimeSpan wait) =>
        TriggerBuilder
            .Create(steady)
            .WithIdentity(job.Name)
            .StartAt(steady.GetUtcNow() + wait)
            .WithSimpleSchedule(schedule =>
                schedule
                    .WithInterval(job.Every)
                    .RepeatForever()
                    .MeasureIntervalFromCompletion()
                    // A missed run, after a machine's sleep or a pause: run once, immediately.
                    .WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow)
            )
            .Build();

    private async Task TriggerAsync(IScheduler quartz, RecurringJob job)
    {
        try
        {
            if (FindPause(job) is null)
            {
                await quartz.TriggerJob(new JobKey(job.Name));
            }
        }
        catch (SchedulerException)
        {
            // The service is stopping; the next start finds the work.
        }
    }

    private async Task ReadPausesAsync(CancellationToken cancellationToken)
    {
        var read = (await store.ListAsync(cancellationToken)).ToDictionary(pause => pause.Job, StringComparer.Ordinal);
        var before = pauses;
        pauses = read;
        foreach (var job in Jobs)
        {
            var (was, isPaused) = (before.ContainsKey(job.Name), read.ContainsKey(job.Name));
            if (isPaused && !was)
            {
                await scheduler!.PauseTrigger(new TriggerKey(job.Name), cancellationToken);
            }
            else if (was && !isPaused)
            {
                // Immediately: requests during the pause were ignored, and due work may have waited for long.
                await scheduler!.ResumeTrigger(new TriggerKey(job.Name), cancellationToken);
                await TriggerAsync(scheduler, job);
            }
        }
    }
}
