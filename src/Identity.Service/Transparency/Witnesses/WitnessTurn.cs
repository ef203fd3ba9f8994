using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>Lets only one of several nodes call the witnesses.</summary>
internal sealed class WitnessTurn(AuditExportStore turns, IJournal journal, StoreNode node, TimeProvider time)
{
    // Longer than a round takes.
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    /// <summary>False: another node has the turn, or the store accepts no writes.</summary>
    public async ValueTask<bool> TryTakeAsync(string name, CancellationToken cancellationToken)
    {
        var now = time.GetStoreNow();
        return journal.IsHealthy
            && await CommitAsync([turns.TakeTurn(name, node.Name, now, now + Length)], cancellationToken);
    }

    public async ValueTask<bool> CommitAsync(
        IReadOnlyList<Statement> statements,
        CancellationToken cancellationToken
    ) => (await journal.CommitAsync(new Decision { Statements = statements }, cancellationToken)).IsCommitted;
}
