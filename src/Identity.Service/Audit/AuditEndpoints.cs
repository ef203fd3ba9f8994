using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Audit;

/// <summary><c>GET /v1/audit</c>: the organization's own entries, newest first.</summary>
internal sealed class AuditEndpoints(AuditSearch search)
{
    private const string List = "audit";

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        if (!AuditQueryReader.Read(request).TryGet(out var query, out var invalid))
        {
            return invalid;
        }

        var (entries, searchedTo) = await search.FindAsync(query, page.Before, page.Count, cancellationToken);
        var answer = page.Cut(entries, entry => entry.Ordinal, searchedTo);
        return ApiAnswer.Json(answer.Select(AuditEntryDocument.From), AuditJson.Default.PageAuditEntryDocument);
    }
}
