namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary>Why a statement on relying parties did not apply.</summary>
internal enum RelyingPartyConflict
{
    /// <summary>The tunnel is archived.</summary>
    TunnelArchived,

    /// <summary>An unarchived one of the tunnel has that name.</summary>
    NameTaken,

    /// <summary>The tunnel has as many as it may have.</summary>
    LimitReached,

    /// <summary>It is archived already.</summary>
    Stale,
}
