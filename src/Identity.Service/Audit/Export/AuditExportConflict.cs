namespace Culvert.Identity.Service.Audit.Export;

internal enum AuditExportConflict
{
    /// <summary>It is another node's turn.</summary>
    NotOurTurn,

    /// <summary>Another node has gone on from where this one stands.</summary>
    Moved,
}
