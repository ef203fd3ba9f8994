namespace Culvert.Identity.Service.Audit;

internal enum AuditBodiesConflict
{
    /// <summary>Another node has dropped bodies of the range since it was found.</summary>
    Dropped,
}
