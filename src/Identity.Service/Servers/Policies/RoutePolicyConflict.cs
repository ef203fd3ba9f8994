namespace Culvert.Identity.Service.Servers.Policies;

internal enum RoutePolicyConflict
{
    Stale,

    /// <summary>The hostname has the maximum number of drafts.</summary>
    TooMany,
}
