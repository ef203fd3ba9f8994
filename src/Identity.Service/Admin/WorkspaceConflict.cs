namespace Culvert.Identity.Service.Admin;

internal enum WorkspaceConflict
{
    /// <summary>Another workspace of the organization has that name.</summary>
    NameTaken,
}
