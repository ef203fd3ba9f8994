using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens.Metadata;
using Culvert.Identity.Service.Tokens.SigningKeys;

namespace Culvert.Identity.Service.Tokens.Assertions;

/// <summary>
/// The documents with which upstreams verify assertions. They are the same for every id of the right form, so that they do
/// not show which organizations there are.
/// </summary>
internal sealed class UpstreamIssuerEndpoints(AssertionKeys keys, ServiceIdentity identity)
{
    public ValueTask<ApiAnswer> ConfigurationAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (MetadataEndpoints.FindOrganizationId(request) is not { } organizationId)
        {
            return new(RequestErrors.NotFound.Refuse());
        }

        request.Http.Response.Headers.CacheControl = MetadataEndpoints.Cached;
        return new(
            ApiAnswer.Json(
                UpstreamIssuerDocument.Create(identity.PublicUrl, organizationId),
                TokensJson.Default.UpstreamIssuerDocument
            )
        );
    }

    public ValueTask<ApiAnswer> KeySetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        MetadataEndpoints.FindOrganizationId(request) is null
            ? new(RequestErrors.NotFound.Refuse())
            : MetadataEndpoints.Answer(request, keys.Ring.Current.Document, "application/jwk-set+json");
}
