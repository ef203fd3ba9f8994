namespace Culvert.Identity.Service.Nodes;

internal interface IVersionStore
{
    /// <summary>Nodes that said so within the last seconds; on SQLite there is none beside this one.</summary>
    ValueTask<IReadOnlyList<RunningVersion>> ListNodesAsync(CancellationToken cancellationToken);

    /// <summary>Nodes that run now, and all that ran within a day and did not say that they stop; on SQLite this one.</summary>
    ValueTask<NodeCount> CountNodesAsync(CancellationToken cancellationToken);

    /// <summary>Unarchived edges with their last report.</summary>
    ValueTask<IReadOnlyList<RunningVersion>> ListEdgesAsync(CancellationToken cancellationToken);

    /// <summary>Agents with an unexpired certificate, of every organization, with their last report.</summary>
    ValueTask<IReadOnlyList<RunningVersion>> ListAgentsAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    );
}
