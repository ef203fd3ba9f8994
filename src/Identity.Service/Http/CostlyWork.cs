namespace Culvert.Identity.Service.Http;

/// <summary>What costs more than a request; each has a limit of its own.</summary>
internal enum CostlyWork
{
    /// <summary>Reading the authentication history of weeks.</summary>
    HistorySearch,

    /// <summary>Searching objects of every kind for a part of a name.</summary>
    NameSearch,

    /// <summary>Writing out the whole audit chain, or the whole inventory.</summary>
    Export,

    /// <summary>Asking name servers about the hosts of an issuer or a webhook.</summary>
    NameLookup,
}
