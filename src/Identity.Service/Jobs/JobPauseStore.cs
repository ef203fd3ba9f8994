using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Jobs;

internal sealed class JobPauseStore(Database database)
{
    public async ValueTask<IReadOnlyList<JobPause>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Job, string By, string Reason, long At)>(
            "SELECT job, paused_by, reason, paused_at_ms FROM job_pauses ORDER BY job",
            cancellationToken
        );
        return [.. rows.Select(row => new JobPause(row.Job, row.By, row.Reason, Instants.FromStore(row.At)))];
    }

    public Statement Pause(JobPause pause) =>
        new Statement(
            "INSERT INTO job_pauses (job, paused_by, reason, paused_at_ms) VALUES (@Job, @By, @Reason, @At)",
            new
            {
                pause.Job,
                pause.By,
                pause.Reason,
                At = pause.At.ToStore(),
            }
        ).Unique(JobPauseConflict.Changed);

    public Statement Resume(string job) =>
        new Statement("DELETE FROM job_pauses WHERE job = @Job", new { Job = job }).ExpectingOne(
            JobPauseConflict.Changed
        );
}
