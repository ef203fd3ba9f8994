namespace Culvert.Identity.Service.Hosting;

/// <summary>What costs more than a request; each has a limit of its own.</summary>
internal enum CostlyWork
{
    /// <summary>Reading the authentication history of weeks.</summary>
    HistorySearch,

    /// <summary>Asking name servers about the hosts of an issuer or a webhook.</summary>
    NameLookup,
}
