namespace Culvert.Identity.Service.Audit;

internal enum AuditBodiesConflict
{
    /// <summary>Another node has removed bodies of the range meanwhile.</summary>
    Dropped,
}
