using System.Globalization;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// Voids intents that never became certificates, with an audit entry each. A crash between the two commits of an
/// issuance, or a failed second commit, leaves such a row.
/// </summary>
internal sealed class OrphanSweep(
    CertificateStore store,
    IJournal journal,
    StoreNode node,
    TimeProvider time,
    ILogger<OrphanSweep> logger
)
{
    /// <summary>Longer than any issuance: signing times out after 10 s. A slower one finds its intent voided.</summary>
    public static readonly TimeSpan IntentLife = TimeSpan.FromMinutes(1);

    /// <summary>Runs before the ports open, when no issuance of this node is in progress; other nodes' may be.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var prefix = node.Id.ToString("x2", CultureInfo.InvariantCulture);
        await VoidAsync(await store.ListIntentsAsync(prefix, cancellationToken), cancellationToken);
    }

    /// <summary>Runs while the service runs: voids intents too old to be in progress, also those of removed nodes.</summary>
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
                    Event = CertificateEvents.Orphaned(AuditOrigin.System(time.GetUtcNow()), intent, "orphaned_intent"),
                    Statements = [store.Void(intent.Id)],
                },
                cancellationToken
            );
            if (result.IsStale)
            {
                continue;
            }

            if (result.RefusalUnlessCommitted() is { } refusal)
            {
                throw new StoreException(refusal.Message);
            }

            Log.Voided(logger, intent.Serial, "orphaned_intent");
        }
    }
}
