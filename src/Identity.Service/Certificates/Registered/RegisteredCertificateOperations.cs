using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.Registered;

internal static class RegisteredCertificateOperations
{
    public const string Certificates = "/v1/tunnels/{tunnel_id}/certificates";

    public static readonly Operation Register = Operation
        .Post("register_certificate", Certificates, Access.ManageTunnels, RoleSet.Administering)
        .Describe(
            "Register a certificate",
            "Registers a CA certificate as trust anchor of the tunnel. Under two-person approval it joins the trust "
                + "bundle when a second person confirms it."
        )
        .Accepts<RegisterCertificateRequest>()
        .Returns<RegisteredCertificateDocument>();

    public static readonly Operation List = Operation
        .Get("list_registered_certificates", Certificates, Access.ManageTunnels, RoleSet.Viewing)
        .Describe("List registered certificates", "The trust anchors of the tunnel.")
        .Paged()
        .Returns<Page<RegisteredCertificateDocument>>();

    public static readonly Operation Get = Operation
        .Get("get_registered_certificate", $"{Certificates}/{{certificate_id}}", Access.ManageTunnels, RoleSet.Viewing)
        .Describe("Get a registered certificate", "One trust anchor of the tunnel.")
        .Returns<RegisteredCertificateDocument>();

    public static readonly Operation Archive = Operation
        .Post(
            "archive_registered_certificate",
            $"{Certificates}/{{certificate_id}}/archive",
            Access.ManageTunnels,
            RoleSet.Administering
        )
        .Describe(
            "Archive a registered certificate",
            "The certificate leaves the trust bundle. A tunnel without any refuses traffic."
        )
        .MayTake<ReasonRequest>()
        .Returns<RegisteredCertificateDocument>();

    public static readonly Operation Confirm = Operation
        .Post(
            "confirm_registered_certificate",
            $"{Certificates}/{{certificate_id}}/confirm",
            Access.OrganizationAdmin,
            RoleSet.Approving
        )
        .Describe(
            "Confirm a pending change of a certificate",
            "A second person confirms by its fingerprint that the certificate joins or leaves the trust bundle."
        )
        .Accepts<ConfirmCertificateRequest>()
        .Returns<RegisteredCertificateDocument>();
}
