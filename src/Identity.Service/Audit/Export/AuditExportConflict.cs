namespace Culvert.Identity.Service.Audit.Export;

internal enum AuditExportConflict
{
    /// <summary>Another node has the turn.</summary>
    NotOurTurn,

    /// <summary>Another node has advanced this node's position.</summary>
    Moved,
}
