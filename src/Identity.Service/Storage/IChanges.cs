namespace Culvert.Identity.Service.Storage;

/// <summary>Notifies components that cache stored state of changes, made by any node.</summary>
internal interface IChanges
{
    /// <summary>
    /// Runs <paramref name="handler"/> after every commit that changes one of the topics: immediately for this node's
    /// commits, within a second for other nodes'. Runs of one handler never overlap; a run may serve several changes made
    /// before it starts. If a run throws, the error is logged and the handler runs again every second until it succeeds.
    /// </summary>
    /// <returns>
    /// Requests one more run, a second later, because the handler's state could not be read elsewhere. Requests made before
    /// that run starts count as one.
    /// </returns>
    Action Subscribe(ChangeTopics topics, Func<CancellationToken, Task> handler);

    /// <summary>
    /// Completes when every handler of these topics has run, successfully or not, for all changes committed so far. The node
    /// then uses the new state or knows that it is stale.
    /// </summary>
    Task WhenDeliveredAsync(ChangeTopics topics);

    /// <summary>
    /// False if this node has not seen other nodes' changes for five seconds, or has seen a change of one of these topics
    /// and could not apply it for as long. Nothing that depends on them may be granted then, because the state in memory may
    /// have been revoked. Other topics are not affected.
    /// </summary>
    bool IsCurrent(ChangeTopics topics);
}
