namespace Culvert.Identity.Service.Storage;

/// <summary>What became of a decision.</summary>
internal enum CommitOutcome
{
    /// <summary>Durable.</summary>
    Committed,

    /// <summary>The replay key, of the decision or of the preceding one, was used before; nothing was written.</summary>
    Replayed,

    /// <summary>
    /// A statement met another state than expected; nothing was written but the preceding decision, if there is one.
    /// </summary>
    Conflict,

    /// <summary>
    /// Not durable: the commit failed, or the store has not proved itself since, or the disk reserve is reached. The
    /// replay key stays burnt (S12).
    /// </summary>
    Unavailable,
}
