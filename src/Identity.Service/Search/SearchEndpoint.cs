using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Inventory;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Status;

namespace Culvert.Identity.Service.Search;

/// <summary>
/// <c>GET /v1/search</c>: objects with this id, serial number or fingerprint; if there are none, those with the text in
/// their names. A caller finds what it may read with the operation that lists the same objects.
/// </summary>
internal sealed class SearchEndpoint(
    SearchStore store,
    CertificateInventory certificates,
    IAuthenticationHistory history,
    AuditSearch audit,
    CallerLimits limits
)
{
    private const string RequestPrefix = "req_";

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!SearchQuery.Read(request).TryGet(out var query, out var refusal))
        {
            return refusal;
        }

        var exact = await FindExactAsync(query, cancellationToken);
        // Identifiers are indexed. A part of a name is compared with thousands of rows of each kind.
        if (exact.Count == 0 && limits.TryTake(request.Caller, CostlyWork.NameSearch) is { } limited)
        {
            return limited;
        }

        var found = exact.Count > 0 ? exact : await FindNamedAsync(query, cancellationToken);
        var byType = found.GroupBy(hit => hit.Type).ToList();
        return ApiAnswer.Json(
            new SearchDocument
            {
                IsExact = exact.Count > 0,
                Data = [.. byType.SelectMany(hits => hits.Take(query.Limit))],
                More = [.. byType.Where(hits => hits.Count() > query.Limit).Select(hits => hits.Key)],
            },
            SearchJson.Default.SearchDocument
        );
    }

    private async ValueTask<List<SearchHit>> FindExactAsync(SearchQuery query, CancellationToken cancellationToken)
    {
        var found = new List<SearchHit>();
        foreach (var kind in Kinds(query))
        {
            if (kind.IdColumn is not null)
            {
                found.AddRange(await store.FindByIdAsync(kind, query, cancellationToken));
            }

            if (kind.FingerprintColumn is not null && query.Hex is { } hex && InventoryQuery.IsSha256(hex))
            {
                found.AddRange(await store.FindByFingerprintAsync(kind, query, cancellationToken));
            }
        }

        found.AddRange(await FindCertificatesAsync(query, cancellationToken));
        found.AddRange(await FindRequestAsync(query, cancellationToken));
        return found;
    }

    private async ValueTask<List<SearchHit>> FindNamedAsync(SearchQuery query, CancellationToken cancellationToken)
    {
        var found = new List<SearchHit>();
        foreach (var kind in Kinds(query).Where(kind => kind.HasName))
        {
            found.AddRange(await store.FindByNameAsync(kind, query, cancellationToken));
        }

        // There may be millions of certificates: only the complete name is indexed.
        if (MayRead(query, SearchKind.Certificate, CertificateOperations.List))
        {
            var filter = InventoryQuery.Visible(query.Caller) with { Identity = query.Text };
            found.AddRange(await ListAsync(filter, query, cancellationToken));
        }

        return found;
    }

    // By id, serial number, or SHA-256 of the key.
    private async ValueTask<IEnumerable<SearchHit>> FindCertificatesAsync(
        SearchQuery query,
        CancellationToken cancellationToken
    )
    {
        if (!MayRead(query, SearchKind.Certificate, CertificateOperations.List))
        {
            return [];
        }

        if (CertificateId.TryParse(query.Text, out var id))
        {
            return
                await certificates.FindAsync(id, cancellationToken) is { } one && InventoryQuery.Sees(query.Caller, one)
                ? [Describe(one)]
                : [];
        }

        if (query.Hex is not { } hex || !InventoryQuery.IsSerial(hex))
        {
            return [];
        }

        var visible = InventoryQuery.Visible(query.Caller);
        return
        [
            .. await ListAsync(visible with { Serial = hex }, query, cancellationToken),
            .. InventoryQuery.IsSha256(hex)
                ? await ListAsync(visible with { KeySha256 = hex }, query, cancellationToken)
                : [],
        ];
    }

    private async ValueTask<IEnumerable<SearchHit>> ListAsync(
        CertificateFilter filter,
        SearchQuery query,
        CancellationToken cancellationToken
    ) => (await certificates.ListAsync(filter, InventoryPlace.Newest, query.Count, cancellationToken)).Select(Describe);

    // An exchange is explained by its history, any other request by its audit entries.
    private async ValueTask<IEnumerable<SearchHit>> FindRequestAsync(
        SearchQuery query,
        CancellationToken cancellationToken
    )
    {
        var (organization, text) = (query.Caller.OrganizationId, query.Text);
        if (!text.StartsWith(RequestPrefix, StringComparison.Ordinal))
        {
            return [];
        }

        if (
            MayRead(query, SearchKind.Authentication, HistoryOperations.List)
            && await history.FindAsync(organization, text, cancellationToken) is { } entry
        )
        {
            return
            [
                new SearchHit(Type: SearchKind.Authentication, Id: text, Name: entry.Subject, Detail: entry.Reason),
            ];
        }

        if (!MayRead(query, SearchKind.Audit, AuditOperations.List))
        {
            return [];
        }

        var wanted = new AuditQuery { OrganizationId = organization, RequestId = text };
        var (entries, _) = await audit.FindAsync(wanted, long.MaxValue, 1, cancellationToken);
        return entries.Select(_ => new SearchHit(Type: SearchKind.Audit, Id: text));
    }

    private static IEnumerable<SearchKind> Kinds(SearchQuery query) =>
        SearchKind.All.Where(kind => MayRead(query, kind.Type, kind.Operation));

    private static bool MayRead(SearchQuery query, string type, Operation operation) =>
        query.Wants(type)
        && (
            operation.Access.RequiredScope == Scopes.InstallationOperate
                ? StatusRights.MayOperate(query.Caller)
                : StatusRights.MayRead(query.Caller, operation)
        );

    private static SearchHit Describe(CertificateRecord certificate) =>
        new(
            Type: SearchKind.Certificate,
            Id: certificate.Id.Value,
            Name: certificate.Identity,
            Detail: certificate.Serial,
            TunnelId: certificate.TunnelId,
            IsArchived: certificate.RevokedAt is not null
        );
}
