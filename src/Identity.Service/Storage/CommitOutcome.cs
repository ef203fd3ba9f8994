namespace Culvert.Identity.Service.Storage;

internal enum CommitOutcome
{
    Committed,

    /// <summary>The replay key of the decision or the preceding one was used before; nothing was written.</summary>
    Replayed,

    /// <summary>
    /// A statement found another state than expected, and <see cref="CommitResult.Refusal"/> is the refusal that it
    /// carries; at most the preceding decision was written.
    /// </summary>
    Refused,

    /// <summary>As <see cref="Refused"/>, but the statement carries none: the caller reads the new state.</summary>
    Stale,

    /// <summary>
    /// Not durable: the commit failed, the store has not proved itself since, or the disk reserve is reached. The replay key
    /// stays used (S12).
    /// </summary>
    Unavailable,
}
