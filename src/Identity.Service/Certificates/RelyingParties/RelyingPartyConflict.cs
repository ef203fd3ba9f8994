namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal enum RelyingPartyConflict
{
    TunnelArchived,

    NameTaken,

    LimitReached,

    /// <summary>The relying party is archived already.</summary>
    Stale,
}
