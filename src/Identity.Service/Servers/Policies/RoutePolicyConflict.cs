namespace Culvert.Identity.Service.Servers.Policies;

internal enum RoutePolicyConflict
{
    Stale,

    TooMany,
}
