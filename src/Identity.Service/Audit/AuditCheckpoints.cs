using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Audit;

/// <summary>
/// Signs a checkpoint of this node's chain every minute and at stop, for the log and the feeds, and one of the chain of
/// commands on the host, for the log. An attacker who changes the database later cannot change those copies.
/// </summary>
internal sealed class AuditCheckpoints(
    AuditLog log,
    IApiCertificate certificates,
    StoreNode node,
    TimeProvider time,
    ILogger<AuditCheckpoints> logger
) : RecurringJob("audit_checkpoints", "Signs how far the audit chains reach.", TimeSpan.FromMinutes(1), time)
{
    // The latest signed entry of each chain. Rounds do not overlap.
    private readonly Dictionary<string, long> signed = new(StringComparer.Ordinal);
    private string? newest;

    /// <summary>The latest checkpoint of this node; null until the first.</summary>
    public string? Newest => Volatile.Read(ref newest);

    public override Task StopAsync(CancellationToken cancellationToken) => TryRoundAsync(cancellationToken);

    /// <summary>Signs the current heads of the chains that have changed.</summary>
    public async Task SignAsync(CancellationToken cancellationToken)
    {
        foreach (var chain in await log.NodesAsync(cancellationToken))
        {
            // Commands on the host have no certificate: every node signs for their chain.
            if (chain == node.Name || NodeRegister.IsHostChain(chain))
            {
                await SignAsync(chain, cancellationToken);
            }
        }
    }

    private async Task SignAsync(string chain, CancellationToken cancellationToken)
    {
        if (
            await log.HeadAsync(chain, cancellationToken) is not { } head
            || head.Sequence == signed.GetValueOrDefault(chain)
            || AuditCheckpoint.Sign(certificates.Machine, chain, head.Sequence, head.Hash, Time.GetUtcNow())
                is not { } checkpoint
        )
        {
            return;
        }

        signed[chain] = head.Sequence;
        if (chain == node.Name)
        {
            Volatile.Write(ref newest, checkpoint);
        }

        Log.Checkpoint(logger, chain, head.Sequence, checkpoint);
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => SignAsync(cancellationToken);
}
