using Culvert.Ca.Revocation.Ocsp;
using Culvert.Identity.Service.Certificates.Registered;
using Culvert.Identity.Service.Certificates.Revocation.Ocsp;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal static class RevocationOperations
{
    public static readonly Operation GetList = Operation
        .Get("get_revocation_list", $"{RevocationPoint.Path}/{{ca_id}}/{{file}}", Access.AnonymousLists)
        .Describe(
            "Get a revocation list",
            "The DER form of a certificate revocation list, at the address that certificates name."
        )
        .Returns<Stream>("application/pkix-crl")
        .Returns(StatusCodes.Status304NotModified);

    public static readonly Operation PostOcsp = Operation
        .Post("post_ocsp_request", $"{OcspAuthorities.Path}/{{ca_id}}", Access.AnonymousLists)
        .Describe(
            "Query the status of certificates",
            "The OCSP responder (RFC 6960) of an authority whose key the service holds, and of the platform CA as "
                + "`platform`. Errors are reported as an OCSP status, with 200."
        )
        .AcceptsBytes(OcspAnswers.RequestType)
        .Returns<Stream>(OcspAnswers.AnswerType);

    public static readonly Operation GetOcsp = Operation
        .Get("get_ocsp_response", $"{OcspAuthorities.Path}/{{ca_id}}/{{**request}}", Access.AnonymousLists)
        .Describe(
            "Get the status of certificates",
            "The same with the request in the path, as base64 (RFC 6960 appendix A), so that caches can keep the "
                + "answer."
        )
        .Returns<Stream>(OcspAnswers.AnswerType)
        .Returns(StatusCodes.Status304NotModified);

    public static readonly Operation GetImportedList = Operation
        .Get(
            "get_imported_revocation_list",
            $"{RegisteredCertificateOperations.Certificates}/{{certificate_id}}/revocation_list",
            Access.ManageTunnels,
            RoleSet.Viewing
        )
        .Describe(
            "Get an imported revocation list",
            "The revocation list that was imported for a registered certificate."
        )
        .Returns<ImportedListDocument>();

    public static readonly Operation ImportList = Operation
        .Post(
            "import_revocation_list",
            $"{RegisteredCertificateOperations.Certificates}/{{certificate_id}}/revocation_list",
            Access.ManageTunnels,
            RoleSet.Administering
        )
        .Describe(
            "Import a revocation list",
            "Stores the revocation list of an authority outside the service, after its signature and its number were "
                + "checked. Edges and agents apply it."
        )
        .Accepts<ImportListRequest>()
        .Returns<ImportedListDocument>();
}
