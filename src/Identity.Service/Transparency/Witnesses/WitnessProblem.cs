namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>Why a witness gave no cosignature. The API shows the names in snake case.</summary>
internal enum WitnessProblem
{
    Unavailable,

    /// <summary>It does not know the log's origin (404).</summary>
    UnknownLog,

    /// <summary>It does not trust the log's key (403).</summary>
    UntrustedKey,

    /// <summary>Its answer has no valid cosignature of its key.</summary>
    InvalidCosignature,

    /// <summary>Its cosignature is valid, but its time is not current.</summary>
    WrongTime,

    /// <summary>It cosigned a tree that this log does not extend: one of the two has another history.</summary>
    Contradiction,
}
