using Culvert.Identity.Service.Certificates.Inventory;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Certificates;

internal static class CertificateOperations
{
    public static readonly Operation List = Operation
        .Get("list_certificates", "/v1/certificates", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "List certificates",
            "The inventory of issued certificates, newest first, filtered by the query parameters."
        )
        .WithQuery("ca_id", "identity", "key_sha256", "limit", "page", "serial", "status", "tunnel_id")
        .Returns<Page<CertificateItemDocument>>();

    public static readonly Operation Export = Operation
        .Get("export_certificates", "/v1/certificates/export", Access.ManageTunnels, RoleSet.Auditing)
        .Describe(
            "Export the certificate inventory",
            "The whole filtered inventory as JSON, or as CSV with format=csv. An export that breaks off closes the "
                + "connection before its end."
        )
        .WithQuery("ca_id", "format", "identity", "key_sha256", "serial", "status", "tunnel_id")
        .Returns<string>("text/csv")
        .Returns<CertificateExportDocument>();

    public static readonly Operation Forecast = Operation
        .Get("forecast_certificate_expiry", "/v1/certificates/forecast", Access.ManageTunnels, RoleSet.Viewing)
        .Describe(
            "Forecast expiring certificates",
            "How many certificates expire on each of the next days, by authority."
        )
        .WithQuery("days")
        .Returns<ForecastDocument>();

    public static readonly Operation Get = Operation
        .Get("get_certificate", "/v1/certificates/{certificate_id}", Access.ManageTunnels, RoleSet.Viewing)
        .Describe("Get a certificate", "One certificate of the inventory.")
        .Returns<CertificateItemDocument>();

    public static readonly Operation Issue = Operation
        .Post("issue_server_certificate", "/v1/certificates", Access.CertificateIssue.OrAssertion())
        .Describe(
            "Issue a server certificate",
            "Signs a server certificate of a tunnel for a job that rotates certificates itself. The service builds "
                + "the certificate from the tunnel's profile and uses only the public key of the request. The body "
                + "may have the assertion of a token exchange instead of an access token."
        )
        .Accepts<ServerCertificateRequest>()
        .Returns<ServerCertificateDocument>();

    public static readonly Operation GetRenewalAdvice = Operation
        .Get("get_renewal_advice", "/v1/certificates/renewal", Access.CertificateIssue)
        .Describe(
            "Get advice on a renewal",
            "The part of an agent's feed that a job needs to renew certificates itself: the current trust bundle and "
                + "whether the certificate must be replaced before its planned renewal."
        )
        .WithQuery("serial", "tunnel_id")
        .Returns<RenewalAdvice>();

    public static readonly Operation IssueToAgent = Operation
        .Post("issue_agent_server_certificate", "/v1/agent/server_certificates", Access.Agent)
        .Describe(
            "Issue an inner TLS certificate",
            "Signs the server certificate for the tunnel's domain, or for the domain of another provider's tunnel "
                + "that an operator approved (hostname *.DOMAIN), with the tunnel's active authority. Refused to "
                + "enrolments by tunnel token."
        )
        .Accepts<AgentServerCertificateRequest>()
        .Returns<ServerCertificateDocument>();

    public static readonly Operation Revoke = Operation
        .Post("revoke_certificates", "/v1/certificates/revoke", Access.ManageTunnels, RoleSet.Operating)
        .Describe(
            "Revoke certificates",
            "Revokes one certificate by its id or serial, or every certificate of a key. Edges and agents refuse the "
                + "serials within five seconds."
        )
        .Accepts<RevokeRequest>()
        .Returns<Revocation.RevocationDocument>();
}
