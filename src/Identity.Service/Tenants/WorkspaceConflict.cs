namespace Culvert.Identity.Service.Tenants;

internal enum WorkspaceConflict
{
    /// <summary>Another workspace of the organization has that name.</summary>
    NameTaken,
}
