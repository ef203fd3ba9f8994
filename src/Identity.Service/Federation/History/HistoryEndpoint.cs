using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.History;

/// <summary><c>/v1/authentication_history</c>: why exchanges were granted or denied.</summary>
internal sealed class HistoryEndpoint(IAuthenticationHistory history, GrantTrace grants)
{
    private const string List = "authentication_history";

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List, FederationJson.MaxPage).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        if (!HistoryQueryReader.Read(request).TryGet(out var query, out refusal))
        {
            return refusal;
        }

        var found = await history.ListAsync(query, page.Before, page.Count, cancellationToken);
        var answer = page.Cut(found.Rows, row => row.Ordinal, found.SearchedTo);
        return ApiAnswer.Json(
            answer.Select(row => AuthenticationDocument.From(row.Value)),
            FederationJson.Default.PageAuthenticationDocument
        );
    }

    /// <summary>Administrators see all exchanges; a service account sees those that were for itself.</summary>
    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var caller = request.Caller;
        var requestId = request.Route("request_id");
        if (requestId.Any(char.IsControl))
        {
            return RequestErrors.NotFound.Refuse();
        }

        var entry = await history.FindAsync(caller.OrganizationId, requestId, cancellationToken);
        if (entry is null)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (caller.Has(Scopes.OrganizationAdmin))
        {
            var trace = entry.Trace ?? await grants.ReproduceAsync(caller.OrganizationId, entry, cancellationToken);
            return ApiAnswer.Json(
                AuthenticationDocument.From(entry) with
                {
                    Trace = new(RawJson.Create(trace)),
                },
                FederationJson.Default.AuthenticationDocument
            );
        }

        return caller.ServiceAccountId is { } account && account == entry.ServiceAccountId
            ? ApiAnswer.Json(OwnAuthenticationDocument.From(entry), FederationJson.Default.OwnAuthenticationDocument)
            : RequestErrors.NotFound.Refuse();
    }
}
