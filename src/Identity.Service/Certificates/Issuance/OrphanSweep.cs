using System.Globalization;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// Intents that never became certificates are voided, with an audit entry each; a crash between the two commits of an
/// issuance, or a second commit that failed, leaves exactly such a row. A row that became one meanwhile is left alone.
/// </summary>
internal sealed class OrphanSweep(
    CertificateStore store,
    IJournal journal,
    StoreNode node,
    TimeProvider time,
    ILogger<OrphanSweep> logger
)
{
    /// <summary>
    /// No issuance takes so long: signers are given up after ten seconds. One that does all the same finds its intent
    /// voided, and hands nothing out.
    /// </summary>
    public static readonly TimeSpan IntentLife = TimeSpan.FromMinutes(1);

    /// <summary>Before the ports open: none of this node's intents is under way. Other nodes' may be.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var prefix = node.Id.ToString("x2", CultureInfo.InvariantCulture);
        await VoidAsync(await store.ListIntentsAsync(prefix, cancellationToken), cancellationToken);
    }

    /// <summary>While the service runs: what is too old to be under way, of nodes that are gone as well.</summary>
    public async Task RunOldAsync(CancellationToken cancellationToken) =>
        await VoidAsync(
            await store.ListIntentsAsync(time.GetUtcNow() - IntentLife, cancellationToken),
            cancellationToken
        );

    private async Task VoidAsync(IReadOnlyList<CertificateRecord> intents, CancellationToken cancellationToken)
    {
        foreach (var intent in intents)
        {
            var result = await journal.CommitAsync(
                new Decision
                {
                    Event = new CertificateVoided(intent with { Status = CertificateStatus.Void })
                    {
                        At = time.GetUtcNow(),
                        Cause = AuditCause.System,
                        OrganizationId = intent.OrganizationId,
                        Status = AuditStatus.Denied("orphaned_intent"),
                    },
                    Statements = [store.Void(intent.Id)],
                },
                cancellationToken
            );
            if (result is { Outcome: CommitOutcome.Conflict, Conflict: IssuanceConflict.NotIntended })
            {
                continue;
            }

            if (result.RefusalIfUnavailable() is { } refusal)
            {
                throw new StoreException(refusal.Message);
            }

            Log.Voided(logger, intent.Serial, "orphaned_intent");
        }
    }
}
