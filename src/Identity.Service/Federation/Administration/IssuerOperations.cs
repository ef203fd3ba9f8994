using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Federation.Administration;

internal static class IssuerOperations
{
    private const string Issuers = "/v1/organizations/federation_issuers";
    private const string Issuer = $"{Issuers}/{{id}}";

    public static readonly Operation Create = Operation
        .Post("create_federation_issuer", Issuers, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Create a federation issuer",
            "Registers an identity provider and how its keys are found: by discovery, by a JWKS address or in the "
                + "request. A preset fills in the defaults of a known platform."
        )
        .Accepts<CreateIssuerRequest>()
        .Returns<IssuerDocument>();

    public static readonly Operation List = Operation
        .Get("list_federation_issuers", Issuers, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("List federation issuers", "The organization's identity providers with the state of their keys.")
        .Paged()
        .Returns<Page<IssuerDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_federation_issuer", Issuer, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("Get a federation issuer", "One identity provider with the state of its keys.")
        .Returns<IssuerDocument>();

    public static readonly Operation Update = Operation
        .Post("update_federation_issuer", Issuer, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Update a federation issuer", "Changes the members that the body names; the others stay.")
        .Accepts<UpdateIssuerRequest>()
        .Returns<IssuerDocument>();

    public static readonly Operation Archive = Operation
        .Post("archive_federation_issuer", $"{Issuer}/archive", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Archive a federation issuer",
            "Tokens of this issuer are refused, and enrolments that rest on it are not renewed."
        )
        .Returns<IssuerDocument>();

    public static readonly Operation Kill = Operation
        .Post("kill_federation_issuer", $"{Issuer}/kill", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Kill an issuer or its keys",
            "Refuses all tokens of the issuer, of its current key set or of one key, on every node within a second, "
                + "until you undo the kill."
        )
        .Accepts<KillRequest>()
        .Returns<KillDocument>();

    public static readonly Operation Unkill = Operation
        .Post("unkill_federation_issuer", $"{Issuer}/unkill", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Undo a kill", "Accepts tokens of the issuer, the key set or the key again.")
        .Accepts<KillRequest>()
        .Returns<KillDocument>();

    public static readonly Operation VerifyDraft = Operation
        .Post("verify_federation_issuer_draft", $"{Issuers}/verify", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Verify an issuer before creating it",
            "Fetches the keys as the service would and reports each step. Only an audit entry is stored."
        )
        .Accepts<CreateIssuerRequest>()
        .Returns<VerificationDocument>();

    public static readonly Operation Verify = Operation
        .Post("verify_federation_issuer", $"{Issuer}/verify", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Verify a federation issuer",
            "Fetches the keys of the issuer now and reports each step and what changed."
        )
        .Returns<VerificationDocument>();
}
