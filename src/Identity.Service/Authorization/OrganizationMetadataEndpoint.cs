using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Authorization;

/// <summary>The metadata of an organization's authorization server (RFC 8414 §3).</summary>
internal sealed class OrganizationMetadataEndpoint(
    AuthorizationServer server,
    ServiceIdentity identity,
    Current<OAuthClientOptions> clients
)
{
    private const string Cached = "public, max-age=300";

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        CrossOrigin.Allow(request.Http);
        var organizationId = request.Route("organization_id");
        if (!await server.IsOfferedAsync(organizationId, cancellationToken))
        {
            return RequestErrors.NotFound.Refuse();
        }

        request.Http.Response.Headers.CacheControl = Cached;
        return ApiAnswer.Json(
            OrganizationServerDocument.Create(
                identity.PublicUrl,
                server.GetIssuer(organizationId),
                clients.Value.Registration.Enabled
            ),
            AuthorizationJson.Default.OrganizationServerDocument
        );
    }
}
