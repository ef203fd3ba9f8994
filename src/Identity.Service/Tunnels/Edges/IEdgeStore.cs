using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Edges;

internal interface IEdgeStore
{
    ValueTask<Edge?> FindAsync(string edgeId, CancellationToken cancellationToken);

    /// <summary>Newest first, one more than the page holds when there are more.</summary>
    ValueTask<IReadOnlyList<Edge>> ListAsync(PageRequest page, CancellationToken cancellationToken);

    /// <summary>All unarchived ones, newest first.</summary>
    ValueTask<IReadOnlyList<Edge>> ListLiveAsync(CancellationToken cancellationToken);

    /// <summary><see cref="TunnelConflict.NameTaken"/>.</summary>
    Statement Insert(Edge edge);

    /// <summary><see cref="TunnelConflict.Stale"/> when it is archived already.</summary>
    Statement Archive(EdgeId id, DateTimeOffset at);

    /// <summary><see cref="TunnelConflict.Stale"/> when that is done or it is archived.</summary>
    Statement SetDraining(EdgeId id, DateTimeOffset? at);

    Statement SetPublicPorts(EdgeId id, int sni, int? connect);

    /// <summary>Replaces the edge's last report.</summary>
    Statement SaveReport(EdgeId id, DateTimeOffset at, string body);

    /// <summary>Notes that it called; an older moment changes nothing.</summary>
    Statement Heard(EdgeId id, DateTimeOffset at);

    /// <summary>When each unarchived edge last called, to within the interval in which that is written down.</summary>
    ValueTask<IReadOnlyDictionary<string, DateTimeOffset>> ListContactsAsync(CancellationToken cancellationToken);

    /// <summary>Last reports of the unarchived edges.</summary>
    ValueTask<IReadOnlyList<StoredEdgeReport>> ListReportsAsync(CancellationToken cancellationToken);
}
