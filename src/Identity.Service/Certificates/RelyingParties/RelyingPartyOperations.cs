using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal static class RelyingPartyOperations
{
    private const string Parties = "/v1/tunnels/{tunnel_id}/relying_parties";

    public static readonly Operation Create = Operation
        .Post("create_relying_party", Parties, Access.ManageTunnels)
        .Describe(
            "Create a relying party",
            "Registers a consumer of the tunnel's trust bundle. The response contains its credential once, unless a "
                + "service account is named."
        )
        .Accepts<CreateRelyingPartyRequest>()
        .Returns<RelyingPartyDocument>();

    public static readonly Operation List = Operation
        .Get("list_relying_parties", Parties, Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "List relying parties",
            "The consumers of the tunnel's trust bundle, with what each has acknowledged."
        )
        .WithQuery("include_archived")
        .Returns<Page<RelyingPartyDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_relying_party", $"{Parties}/{{relying_party_id}}", Access.ManageTunnels, RoleSet.Viewing)
        .Describe("Get a relying party", "One relying party with what it has acknowledged.")
        .Returns<RelyingPartyDocument>();

    public static readonly Operation Archive = Operation
        .Post(
            "archive_relying_party",
            $"{Parties}/{{relying_party_id}}/archive",
            Access.ManageTunnels,
            RoleSet.Administering
        )
        .Describe("Archive a relying party", "Its credential stops working, and rotations no longer wait for it.")
        .MayTake<ReasonRequest>()
        .Returns<RelyingPartyDocument>();

    public static readonly Operation Acknowledge = Operation
        .Post(
            "acknowledge_for_relying_party",
            $"{Parties}/{{relying_party_id}}/acknowledge",
            Access.ManageTunnels,
            RoleSet.Approving
        )
        .Describe(
            "Acknowledge for a relying party",
            "An administrator confirms an epoch for a relying party that cannot call the API."
        )
        .Accepts<AcknowledgementRequest>()
        .Returns<AcknowledgementDocument>();
}
