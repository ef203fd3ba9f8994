namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>What a change of an approval may run into.</summary>
internal enum CallApprovalConflict
{
    /// <summary>Another agent or person was first.</summary>
    Stale,

    /// <summary>The tunnel or the caller has as many pending requests as it may.</summary>
    TooMany,
}
