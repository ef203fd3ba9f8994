using Culvert.Ca.Revocation.Ocsp;
using Culvert.Identity.Service.Certificates.Inventory;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Documentation.Shapes;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>The platform CA, enrolments, issued certificates, revocation lists and webhooks.</summary>
internal static class CertificateOperations
{
    public static void Describe(OperationTable table)
    {
        table
            .Add(
                "GET /v1/platform_ca",
                "get_platform_ca",
                "Get the root of the platform CA",
                "The root certificate that machines compare with their pin (`identity.ca_sha256`) before they "
                    + "trust the service."
            )
            .Answers<PlatformCaDocument>();
        table
            .Add(
                "GET /v1/platform_ca/roots",
                "list_platform_roots",
                "Show the roots of the platform CA",
                "The roots in use, which machines have not acknowledged the newest bundle, and the next step of a "
                    + "root swap."
            )
            .Answers<PlatformRootsDocument>();
        table
            .Add(
                "POST /v1/platform_ca/roots",
                "prepare_platform_root",
                "Prepare a root",
                "Creates the next root of the platform CA and publishes it in the platform bundle. It signs nothing "
                    + "until it is activated."
            )
            .MayTake<ReasonRequest>()
            .Answers<PlatformRootsDocument>();
        table
            .Add(
                "POST /v1/platform_ca/roots/{root_id}/activate",
                "activate_platform_root",
                "Activate a root",
                "Makes the root sign from now on. The service refuses this while live machines have not acknowledged it, "
                    + "unless the request names them as missing and gives a reason."
            )
            .MayTake<ActivateRootRequest>()
            .Answers<PlatformRootsDocument>();
        table
            .Add(
                "POST /v1/platform_ca/roots/{root_id}/rollback",
                "roll_back_platform_root",
                "Roll a root back",
                "Returns to the previous root. Possible as long as the previous root has not been retired."
            )
            .MayTake<ReasonRequest>()
            .Answers<PlatformRootsDocument>();
        table
            .Add(
                "POST /v1/agent/enrollments",
                "enrol_agent",
                "Enrol an agent",
                "Binds an instance of an agent to its tunnel and issues its platform certificate. The credential "
                    + "is an access token with the scope `tunnel:agent` or the tunnel token. The body may have the assertion of a "
                    + "token exchange instead."
            )
            .Takes<AgentEnrollmentRequest>()
            .Answers<AgentEnrollment>();
        table
            .Add(
                "POST /v1/edge/enrollments",
                "enrol_edge",
                "Enrol an edge",
                "Issues the platform certificate of a registered edge. The credential is an access token with the "
                    + "scope `edge:serve`. The body may have the assertion of a token exchange instead."
            )
            .Takes<EdgeEnrollmentRequest>()
            .Answers<EdgeEnrollment>();
        table
            .Add(
                "GET /v1/certificates",
                "list_certificates",
                "List certificates",
                "The inventory of issued certificates, newest first, filtered by the query parameters."
            )
            .Query("ca_id", "identity", "key_sha256", "limit", "page", "serial", "status", "tunnel_id")
            .Answers<Page<CertificateItemDocument>>();
        table
            .Add(
                "GET /v1/certificates/export",
                "export_certificates",
                "Export the certificate inventory",
                "The whole filtered inventory as JSON, or as CSV with format=csv. An export that breaks off "
                    + "closes the connection before its end."
            )
            .Query("ca_id", "format", "identity", "key_sha256", "serial", "status", "tunnel_id")
            .Answers<string>("text/csv")
            .Answers<CertificateExportDocument>();
        table
            .Add(
                "GET /v1/certificates/forecast",
                "forecast_certificate_expiry",
                "Forecast expiring certificates",
                "How many certificates expire on each of the next days, by authority."
            )
            .Query("days")
            .Answers<ForecastDocument>();
        table
            .Add(
                "GET /v1/certificates/{certificate_id}",
                "get_certificate",
                "Get a certificate",
                "One certificate of the inventory."
            )
            .Answers<CertificateItemDocument>();
        table
            .Add(
                "POST /v1/certificates",
                "issue_server_certificate",
                "Issue a server certificate",
                "Signs a server certificate of a tunnel for a job that rotates certificates itself. The service "
                    + "builds the certificate from the tunnel's profile and uses only the public key of the request. "
                    + "The body may have the assertion of a token exchange instead of an access token."
            )
            .Takes<ServerCertificateRequest>()
            .Answers<ServerCertificateDocument>();
        table
            .Add(
                "GET /v1/certificates/renewal",
                "get_renewal_advice",
                "Get advice on a renewal",
                "The part of an agent's feed that a job needs to renew certificates itself: the current trust bundle "
                    + "and whether the certificate must be replaced before its planned renewal."
            )
            .Query("serial", "tunnel_id")
            .Answers<RenewalAdvice>();
        table
            .Add(
                "POST /v1/certificates/revoke",
                "revoke_certificates",
                "Revoke certificates",
                "Revokes one certificate by its id or serial, or every certificate of a key. Edges and agents "
                    + "refuse the serials within five seconds."
            )
            .Takes<RevokeRequest>()
            .Answers<Certificates.Revocation.RevocationDocument>();
        table
            .Add(
                "GET /v1/crl/{ca_id}/{file}",
                "get_revocation_list",
                "Get a revocation list",
                "The DER form of a certificate revocation list, at the address that certificates name."
            )
            .Answers<Stream>("application/pkix-crl")
            .Answers(StatusCodes.Status304NotModified);
        table
            .Add(
                "POST /v1/ocsp/{ca_id}",
                "post_ocsp_request",
                "Query the status of certificates",
                "The OCSP responder (RFC 6960) of an authority whose key the service holds, and of the platform CA as "
                    + "`platform`. Errors are reported as an OCSP status, with 200."
            )
            .TakesBytes(OcspAnswers.RequestType)
            .Answers<Stream>(OcspAnswers.AnswerType);
        table
            .Add(
                "GET /v1/ocsp/{ca_id}/{request}",
                "get_ocsp_response",
                "Get the status of certificates",
                "The same with the request in the path, as base64 (RFC 6960 appendix A), so that caches can keep the "
                    + "answer."
            )
            .Answers<Stream>(OcspAnswers.AnswerType)
            .Answers(StatusCodes.Status304NotModified);
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/certificates/{certificate_id}/revocation_list",
                "get_imported_revocation_list",
                "Get an imported revocation list",
                "The revocation list that was imported for a registered certificate."
            )
            .Answers<ImportedListDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/certificates/{certificate_id}/revocation_list",
                "import_revocation_list",
                "Import a revocation list",
                "Stores the revocation list of an authority outside the service, after its signature and its "
                    + "number were checked. Edges and agents apply it."
            )
            .Takes<ImportListRequest>()
            .Answers<ImportedListDocument>();
        table
            .Add(
                "POST /v1/webhooks",
                "create_webhook",
                "Create a webhook",
                "Registers an HTTPS address for notices. The response contains the secret that signs deliveries, once."
            )
            .Takes<CreateWebhookRequest>()
            .Answers<WebhookDocument>();
        table
            .Add(
                "GET /v1/webhooks",
                "list_webhooks",
                "List webhooks",
                "The organization's webhooks without their secrets."
            )
            .Paged()
            .Answers<Page<WebhookDocument>>();
        table
            .Add("GET /v1/webhooks/{webhook_id}", "get_webhook", "Get a webhook", "One webhook without its secret.")
            .Answers<WebhookDocument>();
        table
            .Add(
                "GET /v1/webhooks/{webhook_id}/deliveries",
                "list_webhook_deliveries",
                "List deliveries of a webhook",
                "The last deliveries with their state, newest first."
            )
            .Answers<Page<DeliveryDocument>>();
        table
            .Add(
                "POST /v1/webhooks/{webhook_id}/archive",
                "archive_webhook",
                "Archive a webhook",
                "The service stops sending to it, drops unsent messages and deletes the secret."
            )
            .Answers<WebhookDocument>();
        table
            .Add(
                "POST /v1/webhooks/{webhook_id}/test",
                "test_webhook",
                "Send a test notice",
                "Queues a test notice to the webhook. Its result is in the list of deliveries."
            )
            .Answers<WebhookDocument>();
    }
}
