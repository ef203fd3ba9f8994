namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal enum AuthorityConflict
{
    /// <summary>The authority that should sign is no longer active.</summary>
    NotActive,

    Stale,

    OtherActive,

    KeyTaken,

    /// <summary>Another caller creates the authority's key, or has created it.</summary>
    KeyClaimed,

    LimitReached,
}
