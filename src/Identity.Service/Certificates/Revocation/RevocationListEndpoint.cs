using System.Globalization;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tokens.Metadata;
using Microsoft.Net.Http.Headers;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>
/// <c>GET /v1/crl/{ca_id}/{shard}.crl</c>: the newest list as it was signed, for everybody who has a certificate of it. Imported
/// lists stand under the id of their registered certificate, as <c>0.crl</c>.
/// </summary>
internal sealed class RevocationListEndpoint(IRevocationStore store, IImportedListStore imported, TimeProvider time)
{
    private const string Suffix = ".crl";

    // Short against the list's life: a revocation is to be seen soon, and an unchanged list costs a 304.
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(5);

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } list)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var (bytes, thisUpdate, nextUpdate) = list;
        var document = new CachedDocument(bytes);
        var left = nextUpdate - time.GetUtcNow();
        var age =
            left < TimeSpan.Zero ? TimeSpan.Zero
            : left < KeepFor ? left
            : KeepFor;
        var headers = request.Http.Response.GetTypedHeaders();
        headers.CacheControl = new CacheControlHeaderValue { Public = true, MaxAge = age };
        headers.LastModified = thisUpdate;
        request.Http.Response.Headers.ETag = document.Tag;
        // RFC 9110 §13.2.2: the tag decides where there is one.
        var asked = request.Http.Request.GetTypedHeaders();
        var unchanged =
            asked.IfNoneMatch.Count > 0
                ? asked.IfNoneMatch.Any(tag => tag == EntityTagHeaderValue.Any || tag.Tag == document.Tag)
                : asked.IfModifiedSince >= thisUpdate;
        // RFC 5280 §4.2.1.13: application/pkix-crl, DER.
        return unchanged ? ApiAnswer.NotModified : ApiAnswer.Raw(document.Body, "application/pkix-crl");
    }

    private async ValueTask<(byte[] List, DateTimeOffset ThisUpdate, DateTimeOffset NextUpdate)?> FindAsync(
        ApiRequest request,
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
            return await store.FindListAsync(id.Value, shard, cancellationToken) is { List: { } bytes } list
                ? (bytes, list.ThisUpdate, list.NextUpdate)
                : null;
        }

        // Foreign lists are whole.
        return
            shard == 0
            && RegisteredCertificateId.TryParse(name, out var certificate)
            && await imported.FindAsync(certificate.Value, cancellationToken) is { } foreign
            ? (foreign.List, foreign.ThisUpdate, foreign.NextUpdate)
            : null;
    }
}
