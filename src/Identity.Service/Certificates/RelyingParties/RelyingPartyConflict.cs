namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal enum RelyingPartyConflict
{
    TunnelArchived,

    /// <summary>An unarchived relying party of the tunnel has that name.</summary>
    NameTaken,

    /// <summary>The tunnel has its maximum number of relying parties.</summary>
    LimitReached,

    /// <summary>The relying party is archived already.</summary>
    Stale,
}
