namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>How far a tunnel's authority has come. Which command leads where: <see cref="AuthorityTransitions"/>.</summary>
internal enum AuthorityState
{
    /// <summary>Registered; has no key yet. A trust-only authority waits here for its certificate.</summary>
    Draft,

    /// <summary>The key exists; no request was given out.</summary>
    KeyReady,

    /// <summary>The signing request was given out; unanswered it ends after 30 days.</summary>
    CsrIssued,

    /// <summary>A chain is stored; its checks are not done (the key store did not answer, for example).</summary>
    CertUploaded,

    /// <summary>The chain passed every check, and a trial leaf verified. Waits for approval.</summary>
    Verified,

    /// <summary>An administrator compared the fingerprint and approved. Waits for a slot in the trust bundle.</summary>
    Approved,

    /// <summary>In the tunnel's trust bundle; issues nothing yet.</summary>
    Staged,

    /// <summary>Issues the tunnel's server certificates; at most one of a tunnel. Trust-only: in force.</summary>
    Active,

    /// <summary>Succeeded by another one: issues nothing, still trusted, until its last leaf has expired.</summary>
    Retiring,

    /// <summary>Out of the trust bundle. History.</summary>
    Retired,

    /// <summary>Issues nothing for now, still trusted; resumed by command.</summary>
    Suspended,

    /// <summary>Its key is or may be known to others: every leaf is issued again by another authority, then its anchor is removed.</summary>
    Tainted,

    /// <summary>Its certificate or its registration ran out.</summary>
    Expired,

    /// <summary>The uploaded chain failed; the findings are kept. Another chain may be uploaded.</summary>
    Rejected,

    /// <summary>A tombstone; can be restored for 30 days, then its key is destroyed.</summary>
    Deleted,
}
