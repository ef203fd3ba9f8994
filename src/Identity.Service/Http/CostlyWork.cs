namespace Culvert.Identity.Service.Http;

/// <summary>Operations that cost more than a usual request; each has its own limit.</summary>
internal enum CostlyWork
{
    HistorySearch,

    NameSearch,

    /// <summary>Exporting the whole audit chain or inventory.</summary>
    Export,

    /// <summary>DNS queries about the hosts of an issuer or a webhook.</summary>
    NameLookup,
}
