namespace Culvert.Identity.Service.Storage;

/// <summary>Moments of a batch at which a crash or an error must do no harm; tests strike there.</summary>
internal enum JournalPoint
{
    /// <summary>The batch was taken, the transaction not begun.</summary>
    Taken,

    /// <summary>The transaction has begun.</summary>
    Begun,

    /// <summary>All decisions are written, not committed.</summary>
    Written,

    /// <summary>Committed and flushed, no waiter notified.</summary>
    Committed,
}
