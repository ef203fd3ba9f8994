namespace Culvert.Identity.Service.Audit.Export;

internal enum AuditExportConflict
{
    /// <summary>It is another node's turn.</summary>
    NotOurTurn,

    /// <summary>Another node has continued from this node's position.</summary>
    Moved,
}
