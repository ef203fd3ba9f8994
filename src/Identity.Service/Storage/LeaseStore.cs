namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Leases of work that only one of several nodes does at a time. A lease that its node does not extend expires.
/// </summary>
internal sealed class LeaseStore(IJournal journal, StoreNode node, TimeProvider time)
{
    /// <summary>Acquires the lease, or extends that of this node.</summary>
    /// <returns>False: another node has it, or the store takes no writes.</returns>
    public async ValueTask<bool> TryAcquireAsync(string name, TimeSpan length, CancellationToken cancellationToken) =>
        journal.IsHealthy
        && (
            await journal.CommitAsync(new Decision { Statements = [Acquire(name, length)] }, cancellationToken)
        ).IsCommitted;

    /// <summary>
    /// The same for a decision, which is stale while another node has the lease. The table has the name of the first
    /// work that had leases.
    /// </summary>
    public Statement Acquire(string name, TimeSpan length)
    {
        var now = time.GetStoreNow();
        return new Statement(
            "INSERT INTO audit_export_turns (target, node, until_ms) VALUES (@name, @node, @until) "
                + "ON CONFLICT (target) DO UPDATE SET node = excluded.node, until_ms = excluded.until_ms "
                + "WHERE audit_export_turns.node = excluded.node OR audit_export_turns.until_ms < @now",
            new
            {
                name,
                node = node.Name,
                until = (now + length).ToStore(),
                now = now.ToStore(),
            }
        ).ExpectingOne();
    }
}
