using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Assignment;

internal sealed class EdgeAssignments(AssignmentStore store, IRevisions revisions, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    private readonly DerivedView<AssignmentState> view = new(
        revisions,
        time,
        Freshness,
        (_, cancellationToken) => store.ReadAsync(cancellationToken).AsTask()
    );

    public ValueTask<AssignmentState> GetAsync(CancellationToken cancellationToken) => view.GetAsync(cancellationToken);

    public async ValueTask<TunnelAssignment> OfAsync(TunnelId tunnelId, CancellationToken cancellationToken) =>
        (await GetAsync(cancellationToken)).Get(tunnelId.Value);
}
