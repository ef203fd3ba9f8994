using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that every target of <c>audit.export</c> has received the latest entries.</summary>
internal sealed class AuditExportStatus(AuditExportStore store, Current<AuditOptions> options, TimeProvider time)
    : StatusCheck(Check)
{
    private const string Check = "audit_export";

    public override async Task<IEnumerable<DoctorFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var targets = options.Value.Targets;
        var found = new List<DoctorFinding>
        {
            targets.Count == 0
                ? Ok($"No audit target is configured (audit.export).")
                : Ok($"{Plural.Format(targets.Count, "audit target")}: no entry is late."),
        };
        foreach (var target in targets)
        {
            var lags = await store.LagsAsync(target.Name, cancellationToken);
            if (lags.Count > 0 && Judge(target.Name, lags.Min(lag => lag.OldestAt), time.GetUtcNow()) is { } late)
            {
                found.Add(late);
            }
        }

        return found;
    }

    /// <summary>Judges one target, for the doctor too; null = nothing that it lacks is late.</summary>
    /// <param name="oldestAt">The time of the oldest entry that it lacks.</param>
    public static DoctorFinding? Judge(string target, DateTimeOffset oldestAt, DateTimeOffset now) =>
        now - oldestAt is var age && age > AuditTarget.LongLag
            ? DoctorFinding.Fail(
                Check,
                FormattableString.Invariant(
                    $"Audit target {target} lacks entries of {(long)age.TotalMinutes} minutes."
                ),
                "Readers of the audit at the target do not see the newest decisions.",
                "The log contains the reason (event 5005). If nothing is sent, check that the service runs."
            ) with
            {
                Subject = target,
            }
            : null;
}
