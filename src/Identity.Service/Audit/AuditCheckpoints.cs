using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Audit;

/// <summary>
/// Signs a checkpoint of this node's chain every minute and at stop, and hands it to the log and to the feeds. Whoever
/// changes the database afterwards cannot change those copies.
/// </summary>
internal sealed class AuditCheckpoints(
    IAuditLog log,
    IApiCertificate certificates,
    StoreNode node,
    TimeProvider time,
    ILogger<AuditCheckpoints> logger
) : RecurringWork(TimeSpan.FromMinutes(1), time)
{
    private string? newest;
    private long signed;

    /// <summary>The newest one; null until the first.</summary>
    public string? Newest => Volatile.Read(ref newest);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryRoundAsync(cancellationToken);
    }

    /// <summary>Signs what the chain has come to, unless nothing was added since.</summary>
    public async Task SignAsync(CancellationToken cancellationToken)
    {
        if (
            await log.HeadAsync(node.Name, cancellationToken) is not { } head
            || head.Sequence == signed
            || AuditCheckpoint.Sign(certificates.Machine, node.Name, head.Sequence, head.Hash, Time.GetUtcNow())
                is not { } checkpoint
        )
        {
            return;
        }

        signed = head.Sequence;
        Volatile.Write(ref newest, checkpoint);
        Log.Checkpoint(logger, node.Name, head.Sequence, checkpoint);
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => SignAsync(cancellationToken);

    // A minute later the database may be back, and the next checkpoint covers more.
    protected override void Tell(Exception fault) => Log.CheckpointFailed(logger, fault);
}
