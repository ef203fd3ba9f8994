namespace Culvert.Identity.Service.Servers.Calls;

internal enum CallApprovalConflict
{
    Stale,

    /// <summary>The tunnel or the caller has the maximum number of pending requests.</summary>
    TooMany,
}
