namespace Culvert.Identity.Service.Storage;

/// <summary>The points of a batch at which a crash or an error must be harmless; tests inject errors there.</summary>
internal enum JournalPoint
{
    /// <summary>The batch is taken from the queue; the transaction has not begun.</summary>
    Dequeued,

    Begun,

    /// <summary>All decisions are written but not committed.</summary>
    Written,

    /// <summary>Committed and flushed; no waiter is notified yet.</summary>
    Committed,
}
