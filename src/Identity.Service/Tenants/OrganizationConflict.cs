namespace Culvert.Identity.Service.Tenants;

internal enum OrganizationConflict
{
    NameTaken,

    InUse,
}
