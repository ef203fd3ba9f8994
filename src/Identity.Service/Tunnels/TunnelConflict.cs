namespace Culvert.Identity.Service.Tunnels;

/// <summary>What a change of a tunnel may run into.</summary>
internal enum TunnelConflict
{
    /// <summary>The organization has its full number of unarchived tunnels.</summary>
    LimitReached,

    /// <summary>A retry of a create that was committed.</summary>
    AlreadyCreated,

    /// <summary>Another change or an archive came first.</summary>
    Stale,

    /// <summary>Two live registered certificates already.</summary>
    SlotsTaken,

    /// <summary>The tunnel has a trust anchor or a relying party: one person alone does not change its bundle.</summary>
    BundleInUse,

    /// <summary>The same certificate is registered on the tunnel.</summary>
    AlreadyRegistered,

    /// <summary>Another live edge has the name.</summary>
    NameTaken,

    /// <summary>A range set that the organization does not have.</summary>
    UnknownRangeSet,

    /// <summary>An edge that is not registered, or is archived.</summary>
    UnknownEdge,

    /// <summary>A live tunnel names the range set, or it is gone.</summary>
    InUse,
}
