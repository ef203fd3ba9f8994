namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Tells who holds something in memory that it has changed, whichever node changed it.
/// </summary>
internal interface IChanges
{
    /// <summary>
    /// Runs <paramref name="handler"/> after every commit that changes one of the topics: at once after this node's
    /// own, within a second after another node's. Runs of one handler never overlap, and several changes may share a
    /// run that starts after them. One that throws is logged and run again after a second, until one succeeds.
    /// </summary>
    /// <returns>
    /// Requests one more run, a second later: what the handler reads could not be read on another occasion. Any number
    /// of requests before that run begins count as one.
    /// </returns>
    Action Subscribe(ChangeTopics topics, Func<CancellationToken, Task> handler);

    /// <summary>
    /// Completes when every handler of these topics has been run for all that is committed by now, or has failed at it:
    /// after it, this node uses the new state or knows that it does not.
    /// </summary>
    Task WhenDeliveredAsync(ChangeTopics topics);

    /// <summary>
    /// False when this node has not been able to see other nodes' changes for five seconds, or has seen one of these
    /// topics and could not make it effective for as long. Nothing that rests on them may be granted then: what is in
    /// memory may have been revoked. Other topics are not affected by one that lags.
    /// </summary>
    bool IsCurrent(ChangeTopics topics);
}
