namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal enum AuthorityConflict
{
    /// <summary>The authority that should sign is no longer active.</summary>
    NotActive,

    /// <summary>Another command changed the authority first.</summary>
    Stale,

    /// <summary>Another authority of the tunnel became active first.</summary>
    OtherActive,

    KeyTaken,

    /// <summary>Another caller creates the authority's key, or has created it.</summary>
    KeyClaimed,

    /// <summary>The tunnel has its maximum number of unfinished registrations.</summary>
    LimitReached,
}
