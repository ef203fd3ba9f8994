namespace Culvert.Identity.Service.Http;

/// <summary>Operations that cost more than a usual request; each has its own limit.</summary>
internal enum CostlyWork
{
    HistorySearch,

    NameSearch,

    Export,

    NameLookup,

    DirectorySearch,
}
