using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal static class ClientAuthorityOperations
{
    private const string Authorities = "/v1/tunnels/{tunnel_id}/client_certificate_authorities";

    public static readonly Operation Add = Operation
        .Post("add_client_certificate_authority", Authorities, Access.ManageTunnels, RoleSet.Administering)
        .Describe(
            "Add a client CA",
            "Registers an authority whose client certificates may connect over CONNECT, with the identities that are "
                + "admitted."
        )
        .Accepts<AddClientAuthorityRequest>()
        .Returns<ClientAuthorityDocument>();

    public static readonly Operation List = Operation
        .Get("list_client_certificate_authorities", Authorities, Access.ManageTunnels, RoleSet.Viewing)
        .Describe("List client CAs", "The authorities whose client certificates may connect to the tunnel.")
        .Paged()
        .Returns<Page<ClientAuthorityDocument>>();

    public static readonly Operation Get = Operation
        .Get(
            "get_client_certificate_authority",
            $"{Authorities}/{{authority_id}}",
            Access.ManageTunnels,
            RoleSet.Viewing
        )
        .Describe("Get a client CA", "One client CA with the identities that are admitted.")
        .Returns<ClientAuthorityDocument>();

    public static readonly Operation Archive = Operation
        .Post(
            "archive_client_certificate_authority",
            $"{Authorities}/{{authority_id}}/archive",
            Access.ManageTunnels,
            RoleSet.Administering
        )
        .Describe("Archive a client CA", "Edges refuse its client certificates within five seconds.")
        .MayTake<ReasonRequest>()
        .Returns<ClientAuthorityDocument>();
}
