namespace Culvert.Identity.Service.Tenants;

internal enum OrganizationConflict
{
    NameTaken,

    /// <summary>It has tunnels or rules, or is already archived.</summary>
    InUse,
}
