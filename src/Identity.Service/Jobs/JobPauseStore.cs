using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Jobs;

internal sealed class JobPauseStore(Database database)
{
    private static readonly Columns<JobPause> Table = new("job_pauses");

    public async ValueTask<IReadOnlyList<JobPause>> ListAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync<JobPause>(Table.Select + " ORDER BY job", cancellationToken);

    public Statement Pause(JobPause pause) => Table.Insert(pause).Unique(JobErrors.Paused.Refuse());

    public Statement Resume(string job) =>
        new Statement("DELETE FROM job_pauses WHERE job = @Job", new { Job = job }).ExpectingOne(
            JobErrors.NotPaused.Refuse()
        );
}
