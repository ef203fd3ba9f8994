using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>
/// Completes handovers: agents leave edges that lost a tunnel, and these drop it after the last call's timeout. Also
/// applies the configured number of edges per tunnel.
/// </summary>
internal sealed class EdgeHandovers(
    AssignmentStore store,
    EdgeAssignments assignments,
    IJournal journal,
    Current<TunnelOptions> options,
    TimeProvider time
)
    : RecurringJob(
        "edge_handovers",
        "Stops serving tunnels at edges that they are no longer assigned to.",
        TimeSpan.FromSeconds(10),
        time
    )
{
    /// <summary>The maximum <c>drain_timeout</c> of an agent, within which its calls at a lost edge finish.</summary>
    public static readonly TimeSpan LongestDrain = TimeSpan.FromHours(1);

    private int inForce; // the configured number of edges that this process has stored; 0 = none yet

    /// <summary>Runs before the service accepts requests: every node then uses the configured number.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SetNumberAsync(cancellationToken);
        }
        catch (StoreException fault)
        {
            // The store takes no writes: the first round after that sets the number.
            Report(fault);
        }
    }

    public async Task EndDueAsync(CancellationToken cancellationToken)
    {
        var leftBy = Time.GetUtcNow() - options.Value.EdgeHandover;
        var overBy = leftBy - LongestDrain;
        var due = await store.CountDueAsync(leftBy, overBy, cancellationToken);
        if (due is not (0, 0))
        {
            await CommitAsync(store.End(due, leftBy, overBy), cancellationToken);
        }
    }

    protected override async Task RunRoundAsync(CancellationToken cancellationToken)
    {
        await SetNumberAsync(cancellationToken);
        await EndDueAsync(cancellationToken);
    }

    // Once per configured number: two nodes with different settings would otherwise overwrite each other repeatedly.
    private async Task SetNumberAsync(CancellationToken cancellationToken)
    {
        var wanted = options.Value.EdgesPerTunnel;
        if (inForce == wanted)
        {
            return;
        }

        var stored = await store.EdgesPerTunnelAsync(cancellationToken);
        var isSame =
            stored == wanted
            // A value without effect is not written.
            || (
                stored is null
                && wanted == TunnelOptions.DefaultEdgesPerTunnel
                && (await assignments.GetAsync(cancellationToken)).EdgeCount <= wanted
            );
        if (isSame || await CommitAsync(store.SetEdgesPerTunnel(wanted, Time.GetStoreNow()), cancellationToken))
        {
            inForce = wanted;
        }
    }

    private async Task<bool> CommitAsync(IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        var result = await journal.CommitAsync(
            new Decision { Statements = statements, Changes = ChangeTopics.Feed },
            cancellationToken
        );
        return result.IsCommitted || result.IsStale;
    }
}
