using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal static class ClientRangeSetOperations
{
    public static readonly Operation List = Operation
        .Get("list_client_range_sets", "/v1/client_range_sets", Access.ManageTunnels, RoleSet.Viewing)
        .Describe("List client range sets", "Named lists of address ranges that tunnels of the organization can use.")
        .Returns<Page<ClientRangeSetDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_client_range_set", "/v1/client_range_sets/{name}", Access.ManageTunnels, RoleSet.Viewing)
        .Describe("Get a client range set", "One named list of address ranges.")
        .Returns<ClientRangeSetDocument>();

    public static readonly Operation Apply = Operation
        .Post("apply_client_range_set", "/v1/client_range_sets/{name}", Access.ManageTunnels, RoleSet.Administering)
        .Describe(
            "Create or replace a client range set",
            "Creates the named list or replaces its ranges. All tunnels that use it change with it, so the credential "
                + "must not be bound to one workspace."
        )
        .Accepts<ApplyRangeSetRequest>()
        .Returns<ClientRangeSetDocument>();

    public static readonly Operation Remove = Operation
        .Delete("remove_client_range_set", "/v1/client_range_sets/{name}", Access.ManageTunnels, RoleSet.Administering)
        .Describe("Remove a client range set", "Removes a list that no tunnel uses.")
        .Returns<ClientRangeSetDocument>();
}
