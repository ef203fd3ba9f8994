namespace Culvert.Identity.Service.Tenants;

internal enum OrganizationConflict
{
    /// <summary>Another unarchived organization has that name.</summary>
    NameTaken,

    /// <summary>It has tunnels or rules, or was archived meanwhile.</summary>
    InUse,
}
