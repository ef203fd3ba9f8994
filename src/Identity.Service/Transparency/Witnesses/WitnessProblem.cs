namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>Why a witness gave no cosignature. The names are what the API shows, in snake case.</summary>
internal enum WitnessProblem
{
    /// <summary>No answer, or one that the protocol does not know.</summary>
    Unavailable,

    /// <summary>It does not know the log's origin (404).</summary>
    UnknownLog,

    /// <summary>It does not trust the log's key (403).</summary>
    UntrustedKey,

    /// <summary>Its answer has no valid cosignature of its key.</summary>
    InvalidCosignature,

    /// <summary>Its cosignature is valid, and its time is not the present one.</summary>
    WrongTime,

    /// <summary>It cosigned a tree that this log does not continue: one of the two was shown another history.</summary>
    Contradiction,
}
