using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that a backup was made recently. Copies made with other programs are not recorded here.</summary>
internal sealed class BackupStatus(BackupRuns runs, TimeProvider time) : StatusCheck("backups")
{
    /// <summary>The age from which a backup counts as old.</summary>
    public static readonly TimeSpan Old = TimeSpan.FromDays(7);

    private const string Next = "Run identity-service backup on a host of the service, best by a timer: docs/backup.md";

    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var last = await runs.FindLastAsync(cancellationToken);
        return
        [
            last is not { } at ? Warning(subject: null, $"No backup has been made.", Next)
            : time.GetUtcNow() - at > Old
                ? Warning(
                    subject: null,
                    $"The newest backup is of {at:u}, {Plural.Format((long)(time.GetUtcNow() - at).TotalDays, "day")} ago.",
                    Next
                )
            : Ok($"The newest backup is of {at:u}."),
        ];
    }
}
