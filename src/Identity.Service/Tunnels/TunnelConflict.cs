namespace Culvert.Identity.Service.Tunnels;

internal enum TunnelConflict
{
    LimitReached,

    /// <summary>A retry of a create that was committed.</summary>
    AlreadyCreated,

    /// <summary>Another change or an archive was first.</summary>
    Stale,

    /// <summary>Two live certificates are registered already.</summary>
    SlotsTaken,

    /// <summary>The tunnel has a trust anchor or a relying party: its bundle needs two administrators.</summary>
    BundleInUse,

    AlreadyRegistered,

    NameTaken,

    UnknownRangeSet,

    /// <summary>An edge that is not registered, or is archived.</summary>
    UnknownEdge,

    /// <summary>A live tunnel names the range set, or the set is removed.</summary>
    InUse,
}
