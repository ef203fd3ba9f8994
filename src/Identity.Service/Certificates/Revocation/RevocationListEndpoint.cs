using System.Globalization;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>
/// <c>GET /v1/crl/{ca_id}/{shard}.crl</c>: the newest list as signed. An imported list has the id of its registered
/// certificate and the name <c>0.crl</c>.
/// </summary>
internal sealed class RevocationListEndpoint(
    RevocationStore store,
    ImportedListStore imported,
    SharedLimits limits,
    TimeProvider time
)
{
    private const string Suffix = ".crl";

    // Short compared with the list's validity: clients see a revocation soon, and an unchanged list costs a 304.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    // Limits all addresses together, besides each one (S31). One bucket: the key is always the same.
    private readonly KeyedRateLimiter<int> total = limits.Create<int>("lists_total", options => options.ListsTotal);

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (total.TryTake(0, RevocationErrors.ListsBusy) is { } refusal)
        {
            return refusal;
        }

        // A conditional request is answered without reading the bytes.
        var asked = request.Http.Request.GetTypedHeaders();
        var isConditional = asked.IfNoneMatch.Count > 0 || asked.IfModifiedSince is not null;
        if (isConditional && await FindAsync(request, withBytes: false, cancellationToken) is { } head)
        {
            if (IsUnchanged(asked, head))
            {
                Describe(request.Http.Response, head);
                return ApiAnswer.NotModified;
            }
        }

        if (await FindAsync(request, withBytes: true, cancellationToken) is not { } list)
        {
            return RequestErrors.NotFound.Refuse();
        }

        Describe(request.Http.Response, list);
        // RFC 5280 §4.2.1.13: application/pkix-crl, DER.
        return ApiAnswer.Raw(list.Bytes, "application/pkix-crl");
    }

    // RFC 9110 §13.2.2: If-None-Match takes precedence.
    private static bool IsUnchanged(RequestHeaders asked, PublishedList list) =>
        asked.IfNoneMatch.Count > 0
            ? asked.IfNoneMatch.Any(tag => tag == EntityTagHeaderValue.Any || tag.Tag == list.Tag)
            : asked.IfModifiedSince >= list.ThisUpdate;

    private void Describe(HttpResponse response, PublishedList list)
    {
        var left = list.NextUpdate - time.GetUtcNow();
        var age =
            left < TimeSpan.Zero ? TimeSpan.Zero
            : left < MaxAge ? left
            : MaxAge;
        var headers = response.GetTypedHeaders();
        headers.CacheControl = new CacheControlHeaderValue { Public = true, MaxAge = age };
        headers.LastModified = list.ThisUpdate;
        response.Headers.ETag = list.Tag;
    }

    private async ValueTask<PublishedList?> FindAsync(
        ApiRequest request,
        bool withBytes,
        CancellationToken cancellationToken
    )
    {
        var file = request.Route("file");
        if (
            !file.EndsWith(Suffix, StringComparison.Ordinal)
            || !int.TryParse(
                file.AsSpan(0, file.Length - Suffix.Length),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var shard
            )
        )
        {
            return null;
        }

        var name = request.Route("ca_id");
        if (CertificateAuthorityId.TryParse(name, out var id))
        {
            var list = withBytes
                ? await store.FindListAsync(id.Value, shard, cancellationToken)
                : await store.FindHeadAsync(id.Value, shard, cancellationToken);
            return list is { Number: > 0 } ? PublishedList.From(list) : null;
        }

        // Imported lists have no shards.
        if (shard != 0 || !RegisteredCertificateId.TryParse(name, out var certificate))
        {
            return null;
        }

        var foreign = withBytes
            ? await imported.FindAsync(certificate.Value, cancellationToken)
            : await imported.FindHeadAsync(certificate.Value, cancellationToken);
        return foreign is null ? null : PublishedList.From(foreign);
    }
}
