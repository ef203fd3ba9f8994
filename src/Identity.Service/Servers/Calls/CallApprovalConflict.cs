namespace Culvert.Identity.Service.Servers.Calls;

internal enum CallApprovalConflict
{
    /// <summary>Another agent or person was first.</summary>
    Stale,

    /// <summary>The tunnel or the caller has the maximum number of pending requests.</summary>
    TooMany,
}
