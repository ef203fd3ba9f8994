namespace Culvert.Identity.Service.Tenants;

internal enum WorkspaceConflict
{
    NameTaken,
}
