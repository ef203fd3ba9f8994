using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Jobs;

/// <summary><c>/v1/jobs</c>: recurring jobs and their runs; an operator can pause, resume and run them.</summary>
internal sealed class JobEndpoints(
    JobScheduler scheduler,
    JobPauseStore pauses,
    IJournal journal,
    IChanges changes,
    StoreNode node,
    TimeProvider time
)
{
    private static readonly TimeSpan RunWithin = TimeSpan.FromSeconds(30);

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var all = new List<JobDocument>();
        foreach (var job in scheduler.Jobs)
        {
            all.Add(await DescribeAsync(job, cancellationToken));
        }

        return ApiAnswer.Json(Pages.Whole(all), JobsJson.Default.PageJobDocument);
    }

    /// <summary>Runs a round on this node, also of a paused job, and answers after it.</summary>
    public async ValueTask<ApiAnswer> RunAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (scheduler.Find(request.Route("job")) is not { } job)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var result = await journal.CommitAsync(
            new Decision { Event = Event(request, AuditEvents.JobRun, job, reason: null) },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } unavailable)
        {
            return unavailable;
        }

        try
        {
            await scheduler.RunAsync(job, cancellationToken).WaitAsync(RunWithin, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return JobErrors.Running.Refuse();
        }

        return await AnswerAsync(job, cancellationToken);
    }

    public async ValueTask<ApiAnswer> PauseAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(JobsJson.Default.PauseJobRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refused))
        {
            return refused;
        }

        if (ReasonRequest.CheckRequired(body.Reason) is { } refusal)
        {
            return refusal;
        }

        if (scheduler.Find(request.Route("job")) is not { } job)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var pause = new JobPause(job.Name, AuditActor.From(request).Id, body.Reason.Trim(), time.GetUtcNow().ToStore());
        return await CommitAsync(
            job,
            Event(request, AuditEvents.JobPaused, job, pause.Reason),
            pauses.Pause(pause),
            cancellationToken
        );
    }

    public async ValueTask<ApiAnswer> ResumeAsync(ApiRequest request, CancellationToken cancellationToken) =>
        scheduler.Find(request.Route("job")) is { } job
            ? await CommitAsync(
                job,
                Event(request, AuditEvents.JobResumed, job, reason: null),
                pauses.Resume(job.Name),
                cancellationToken
            )
            : RequestErrors.NotFound.Refuse();

    private async ValueTask<ApiAnswer> CommitAsync(
        RecurringJob job,
        AuditEvent audited,
        Statement statement,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = audited,
                Statements = [statement],
                Changes = ChangeTopics.Jobs,
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        await changes.WhenDeliveredAsync(ChangeTopics.Jobs).WaitAsync(cancellationToken);
        return await AnswerAsync(job, cancellationToken);
    }

    private JobAudited Event(ApiRequest request, string name, RecurringJob job, string? reason) =>
        new(name, AuditOrigin.From(request, time.GetStoreNow()), request.Caller.OrganizationId, job.Name, reason);

    private async ValueTask<ApiAnswer> AnswerAsync(RecurringJob job, CancellationToken cancellationToken) =>
        ApiAnswer.Json(await DescribeAsync(job, cancellationToken), JobsJson.Default.JobDocument);

    private async ValueTask<JobDocument> DescribeAsync(RecurringJob job, CancellationToken cancellationToken)
    {
        var pause = scheduler.FindPause(job);
        return new JobDocument(
            Name: job.Name,
            Description: job.Description,
            IntervalSeconds: job.Every.TotalSeconds,
            State: job.IsRunning ? "running"
                : pause is null ? "waiting"
                : "paused",
            Node: node.Name,
            NextRunAt: job.IsRunning || pause is not null
                ? null
                : (await scheduler.NextRunAsync(job, cancellationToken))?.UtcDateTime,
            LastRun: job.LastRun is { } last
                ? new JobRunDocument(
                    StartedAt: last.StartedAt,
                    EndedAt: last.EndedAt,
                    Outcome: last.Failure is null ? "succeeded" : "failed",
                    Failure: last.Failure
                )
                : null,
            Paused: pause is null
                ? null
                : new JobPauseDocument(At: pause.PausedAt, By: pause.PausedBy, Reason: pause.Reason)
        );
    }
}

/// <summary>An operator paused or resumed a job on all nodes, or ran it on one.</summary>
internal sealed record JobAudited(string Name, AuditOrigin Origin, string OrganizationId, string Job, string? Reason)
    : AuditEvent(Name, Origin, OrganizationId, [new("job", Job)], [("job", Job), ("reason", Reason)]);
