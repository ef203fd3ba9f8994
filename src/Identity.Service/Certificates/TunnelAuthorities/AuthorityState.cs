namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>How far a tunnel's authority has come (certificates reference §6). Transitions: <see cref="AuthorityLifecycle"/>.</summary>
internal enum AuthorityState
{
    /// <summary>The key exists, its request was given out.</summary>
    CsrIssued,

    /// <summary>A chain was uploaded, passed every check, and a trial leaf verified. Waits for approval.</summary>
    Verified,

    /// <summary>Approved and in the tunnel's trust bundle; issues nothing yet.</summary>
    Staged,

    /// <summary>Issues the tunnel's server certificates; at most one of a tunnel.</summary>
    Active,

    /// <summary>Succeeded by another one: issues nothing, still trusted.</summary>
    Retiring,
}
