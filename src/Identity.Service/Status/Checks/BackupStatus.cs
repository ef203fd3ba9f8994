using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that a backup was made recently. Copies made with other programs are not recorded here.</summary>
internal sealed class BackupStatus(BackupRuns runs, TimeProvider time) : IStatusCheck
{
    /// <summary>The age from which a backup counts as old.</summary>
    public static readonly TimeSpan Old = TimeSpan.FromDays(7);

    private const string Next = "Run identity-service backup on a host of the service, best by a timer: docs/backup.md";

    public string Name => "backups";

    public bool IsShownTo(Caller caller) => StatusRights.MayOperate(caller);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var last = await runs.FindLastAsync(cancellationToken);
        return
        [
            last is not { } at ? StatusFinding.Warning(subject: null, $"No backup has been made.", Next)
            : time.GetUtcNow() - at > Old
                ? StatusFinding.Warning(
                    subject: null,
                    $"The newest backup is of {at:u}, {Plural.Of((long)(time.GetUtcNow() - at).TotalDays, "day")} ago.",
                    Next
                )
            : StatusFinding.Ok($"The newest backup is of {at:u}."),
        ];
    }
}
