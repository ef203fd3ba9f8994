namespace Culvert.Identity.Service.Servers.Policies;

internal enum RoutePolicyConflict
{
    /// <summary>Another person was first.</summary>
    Stale,

    /// <summary>The hostname has the maximum number of drafts.</summary>
    TooMany,
}
