using System.Globalization;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// Before the ports open: intents of this node that never became certificates are voided, with an audit entry each.
/// A crash between the two commits of an issuance leaves exactly such a row. Other nodes' intents may be under way.
/// </summary>
internal sealed class OrphanSweep(
    ICertificateStore store,
    IJournal journal,
    StoreNode node,
    TimeProvider time,
    ILogger<OrphanSweep> logger
)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var prefix = node.Id.ToString("x2", CultureInfo.InvariantCulture);
        foreach (var intent in await store.ListIntentsAsync(prefix, cancellationToken))
        {
            var result = await journal.CommitAsync(
                new Decision
                {
                    Event = new CertificateVoided(intent with { Status = CertificateStatus.Void })
                    {
                        At = time.GetUtcNow(),
                        Actor = AuditActor.System,
                        OrganizationId = intent.OrganizationId,
                        Status = AuditStatus.Denied("orphaned_intent"),
                    },
                    Statements = [store.Void(intent.Id)],
                },
                cancellationToken
            );
            if (result.RefusalIfUnavailable() is { } refusal)
            {
                throw new StoreException(refusal.Message);
            }

            Log.Voided(logger, intent.Serial, "orphaned_intent");
        }
    }
}
