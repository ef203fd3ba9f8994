namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal enum AuthorityConflict
{
    /// <summary>The authority that was to sign is not active any more.</summary>
    NotActive,

    /// <summary>Another command changed the authority first.</summary>
    Stale,

    /// <summary>Another authority of the tunnel became active first.</summary>
    OtherActive,

    /// <summary>Another authority has the key.</summary>
    KeyTaken,

    /// <summary>Another caller makes the authority's key, or has made it.</summary>
    KeyClaimed,

    /// <summary>The tunnel has its full number of unfinished registrations.</summary>
    LimitReached,
}
