namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>For the commands between states see <see cref="AuthorityTransitions"/>.</summary>
internal enum AuthorityState
{
    /// <summary>Registered; has no key yet. A trust-only authority waits here for its certificate.</summary>
    Draft,

    /// <summary>The key exists; no signing request was issued yet.</summary>
    KeyReady,

    /// <summary>The signing request was issued; without a chain it expires after 30 days.</summary>
    CsrIssued,

    /// <summary>A chain is stored; its checks are not complete (the key store did not answer, for example).</summary>
    CertUploaded,

    /// <summary>The chain passed every check, and a trial leaf verified. Waits for approval.</summary>
    Verified,

    /// <summary>An administrator compared the fingerprint and approved. Waits for a slot in the trust bundle.</summary>
    Approved,

    /// <summary>In the tunnel's trust bundle; issues nothing yet.</summary>
    Staged,

    /// <summary>Issues the tunnel's server certificates; at most one per tunnel. Trust-only: trusted.</summary>
    Active,

    /// <summary>Replaced by a successor: issues nothing, still trusted, until its last leaf has expired.</summary>
    Retiring,

    /// <summary>Removed from the trust bundle; kept as history.</summary>
    Retired,

    /// <summary>Issues nothing for now, still trusted; resumed by command.</summary>
    Suspended,

    /// <summary>Its key is or may be compromised: every leaf is replaced, then its anchor is removed.</summary>
    Tainted,

    Expired,

    /// <summary>The uploaded chain failed; the findings are kept. Another chain may be uploaded.</summary>
    Rejected,

    /// <summary>Deleted; can be restored for 30 days, then its key is destroyed.</summary>
    Deleted,
}
