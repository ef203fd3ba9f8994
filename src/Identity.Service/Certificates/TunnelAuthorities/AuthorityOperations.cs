using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal static class AuthorityOperations
{
    public const string Authority = "/v1/certificate_authorities/{ca_id}";

    public static readonly Operation Create = Operation
        .Post(
            "create_certificate_authority",
            "/v1/certificate_authorities",
            Access.OrganizationAdmin,
            RoleSet.Administering
        )
        .Describe(
            "Create a certificate authority",
            "Creates an authority of a tunnel and its key, or refers to a key in the HSM. The response of the csr "
                + "operation is the signing request for the enterprise root."
        )
        .Accepts<CreateAuthorityRequest>()
        .Returns<AuthorityDocument>();

    public static readonly Operation List = Operation
        .Get("list_certificate_authorities", "/v1/certificate_authorities", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("List certificate authorities", "The authorities of the organization's tunnels, or of one tunnel.")
        .Paged("tunnel_id")
        .Returns<Page<AuthorityDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_certificate_authority", Authority, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe("Get a certificate authority", "One authority with its chain, its findings and the next step.")
        .Returns<AuthorityDocument>();

    public static readonly Operation GetCsr = Operation
        .Get("get_certificate_authority_csr", $"{Authority}/csr", Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe(
            "Get the signing request",
            "The certificate signing request of the authority's key, for the enterprise root."
        )
        .Returns<AuthorityCsrDocument>();

    public static readonly Operation UploadChain = Operation
        .Post(
            "upload_certificate_authority_chain",
            $"{Authority}/chain",
            Access.OrganizationAdmin,
            RoleSet.Administering
        )
        .Describe(
            "Upload the chain",
            "Uploads what the enterprise root signed: the authority's certificate, its issuers and the root. The "
                + "service verifies the whole chain."
        )
        .Accepts<UploadChainRequest>()
        .Returns<AuthorityDocument>();

    public static readonly Operation Approve = Operation
        .Post("approve_certificate_authority", $"{Authority}/approve", Access.OrganizationAdmin, RoleSet.Approving)
        .Describe(
            "Approve a certificate authority",
            "A second person confirms the fingerprint of the root. Required unless the installation uses single "
                + "approval."
        )
        .Accepts<ApproveAuthorityRequest>()
        .Returns<AuthorityDocument>();

    public static readonly Operation PrepareKey = Operation
        .Post("prepare_certificate_authority_key", $"{Authority}/key", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Create the key of a certificate authority",
            "Continues a registration after creating its key or request failed."
        )
        .Returns<AuthorityDocument>();

    public static readonly Operation ImportKey = Operation
        .Post(
            "import_certificate_authority_key",
            $"{Authority}/pkcs12",
            Access.OrganizationAdmin,
            RoleSet.Administering
        )
        .Describe(
            "Import a key",
            "Imports a key and its chain from a PKCS#12 file, if the configuration allows it. The authority is "
                + "marked: copies of its key may exist elsewhere."
        )
        .Accepts<ImportKeyRequest>()
        .Returns<AuthorityDocument>();

    public static readonly Operation Override = Operation
        .Post(
            "override_certificate_authority_switch",
            $"{Authority}/override",
            Access.OrganizationAdmin,
            RoleSet.Approving
        )
        .Describe(
            "Override missing acknowledgements",
            "Allows the switch to this authority although the named parties have not acknowledged the trust bundle. "
                + "Audited with the reason."
        )
        .Accepts<OverrideAuthorityRequest>()
        .Returns<AuthorityDocument>();

    public static readonly Operation Activate = Operation
        .Post(
            "activate_certificate_authority",
            $"{Authority}/activate",
            Access.OrganizationAdmin,
            RoleSet.Administering
        )
        .Describe(
            "Activate a certificate authority",
            "New server certificates of the tunnel are signed by this authority from then on. Refused while live "
                + "parties have not acknowledged its certificate."
        )
        .MayTake<AuthorityCommandRequest>()
        .Returns<AuthorityDocument>();

    public static readonly Operation Suspend = Operation
        .Post("suspend_certificate_authority", $"{Authority}/suspend", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Suspend a certificate authority",
            "Stops the authority from signing until it is resumed. Certificates that it signed stay valid."
        )
        .MayTake<AuthorityCommandRequest>()
        .Returns<AuthorityDocument>();

    public static readonly Operation Resume = Operation
        .Post("resume_certificate_authority", $"{Authority}/resume", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Resume a certificate authority", "Resumes signing with a suspended authority.")
        .MayTake<AuthorityCommandRequest>()
        .Returns<AuthorityDocument>();

    public static readonly Operation Retire = Operation
        .Post("retire_certificate_authority", $"{Authority}/retire", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Retire a certificate authority",
            "Stops the authority from signing permanently. Its certificate stays in the trust bundle until its last "
                + "leaf has expired."
        )
        .MayTake<AuthorityCommandRequest>()
        .Returns<AuthorityDocument>();

    public static readonly Operation Taint = Operation
        .Post("taint_certificate_authority", $"{Authority}/taint", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Taint a certificate authority",
            "Declares the authority's key compromised. The service publishes the successor, and the tainted "
                + "certificate leaves the trust bundle when the successor is acknowledged."
        )
        .MayTake<AuthorityCommandRequest>()
        .Returns<AuthorityDocument>();

    public static readonly Operation Delete = Operation
        .Post("delete_certificate_authority", $"{Authority}/delete", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Delete a certificate authority",
            "Removes an authority that is not in use from the lists. It can be restored."
        )
        .MayTake<AuthorityCommandRequest>()
        .Returns<AuthorityDocument>();

    public static readonly Operation Restore = Operation
        .Post("restore_certificate_authority", $"{Authority}/restore", Access.OrganizationAdmin, RoleSet.Administering)
        .Describe("Restore a certificate authority", "Cancels a deletion: the authority returns to its previous state.")
        .MayTake<AuthorityCommandRequest>()
        .Returns<AuthorityDocument>();
}
