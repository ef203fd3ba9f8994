using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.StaticSecrets;

internal static class StaticSecretOperations
{
    public static readonly Operation List = Operation
        .Get("list_static_secrets", "/v1/static_secrets", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe(
            "List static secrets",
            "The secrets that only a person replaces, never their values: those of the service, then those that each agent "
                + "reported, newest tunnel first; with tunnel_id those of that tunnel. Those of the service's own configuration are "
                + "listed for installation operators. A page can have fewer secrets than limit, or none, and still a next_page."
        )
        .WithQuery("limit", "page", "tunnel_id")
        .Returns<Page<StaticSecretDocument>>();
}
