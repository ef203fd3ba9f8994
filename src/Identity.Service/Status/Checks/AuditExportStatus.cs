using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Checks that every target of <c>audit.export</c> has received the latest entries.</summary>
internal sealed class AuditExportStatus(AuditExportStore store, Current<AuditOptions> options, TimeProvider time)
    : IStatusCheck
{
    public string Name => "audit_export";

    public bool IsShownTo(Caller caller) => StatusRights.MayOperate(caller);

    public async ValueTask<IReadOnlyList<StatusFinding>> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var found = new List<StatusFinding>();
        foreach (var target in options.Value.Targets)
        {
            var lags = await store.LagsAsync(target.Name, cancellationToken);
            if (
                lags.Count > 0
                && time.GetUtcNow() - lags.Min(lag => lag.OldestAt) is var age
                && age > AuditTarget.LongLag
            )
            {
                found.Add(
                    StatusFinding.Problem(
                        target.Name,
                        $"Audit target {target.Name} lacks entries of {(long)age.TotalMinutes} minutes.",
                        "The log of the node has the reason (event 5005)"
                    )
                );
            }
        }

        return found.Count > 0 ? found
            : options.Value.Targets.Count == 0 ? [StatusFinding.Ok($"No audit target is configured (audit.export).")]
            : [StatusFinding.Ok($"{Plural.Of(options.Value.Targets.Count, "audit target")}: no entry is late.")];
    }
}
