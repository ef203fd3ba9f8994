namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>What a change of a policy may run into.</summary>
internal enum RoutePolicyConflict
{
    /// <summary>Another person was first.</summary>
    Stale,

    /// <summary>The hostname has as many drafts as it may.</summary>
    TooMany,
}
