using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Search;

internal static class SearchOperations
{
    public static readonly Operation Search = Operation
        .Get("search", "/v1/search", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "Search by id, serial number or name",
            "What has this id, serial number, SHA-256 fingerprint of a registered certificate, or SHA-256 of a key. "
                + "If nothing has, what has this text in its name, domain or URL, in upper or lower case, among the "
                + "newest 10,000 objects of each kind; of certificates those with exactly this DNS name or URI. A "
                + "caller finds what it may list. `limit` counts the objects of each kind: 10 by default, at most 100."
        )
        .WithQuery("limit", "q", "type")
        .Returns<SearchDocument>();
}
