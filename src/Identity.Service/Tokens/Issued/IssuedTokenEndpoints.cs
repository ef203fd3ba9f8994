using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.Tokens.Issued;

/// <summary>
/// <c>GET /v1/tokens?principal=</c>: the tokens of a service account that have not expired, so that an administrator
/// sees what a revocation would affect. Tokens are not stored: this reads the grants of the longest token lifetime from
/// the chain.
/// </summary>
internal sealed class IssuedTokenEndpoints(
    IAuthenticationHistory history,
    RevocationSet revocations,
    CallerLimits limits,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (
            request.Query("principal") is not { } principal
            || !ServiceAccountId.TryParse(principal, out var serviceAccount)
        )
        {
            return RequestErrors.Invalid.Refuse(
                $"principal: a well-formed {ServiceAccountId.Prefix}_ tagged ID is required."
            );
        }

        var pageResult = PageRequest.Read(request, $"tokens/{serviceAccount.Value}", maxLimit: 100);
        if (!pageResult.TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        if (limits.TryTake(request.Caller, CostlyWork.HistorySearch) is { } limited)
        {
            return limited;
        }

        var now = time.GetUtcNow();
        var found = await history.ListAsync(
            new HistoryQuery
            {
                OrganizationId = request.Caller.OrganizationId,
                IsGranted = true,
                ServiceAccountId = serviceAccount.Value,
                Since = now - AccessTokenFactory.LongestLife,
            },
            page.Before,
            page.Count,
            cancellationToken
        );
        var read = page.Cut(found.Rows, row => row.Ordinal, found.SearchedTo).Select(row => row.Value);
        var live = read with
        {
            Data = [.. read.Data.Where(entry => entry.TokenId is not null && entry.TokenExpiresAt > now)],
        };
        return ApiAnswer.Json(
            live.Select(entry =>
                IssuedTokenDocument.From(entry, revocations.IsRevoked(ToTraits(request.Caller.OrganizationId, entry)))
            ),
            TokensJson.Default.PageIssuedTokenDocument
        );
    }

    private static TokenTraits ToTraits(string organizationId, HistoryEntry entry) =>
        new()
        {
            OrganizationId = organizationId,
            IssuedAt = entry.At.ToUnixTimeSeconds(),
            TokenId = entry.TokenId,
            Family = entry.Family,
            RuleId = entry.RuleId,
            RuleVersion = entry.RuleVersion,
            Principal = entry.ServiceAccountId,
            IssuerId = entry.IssuerId,
            SubjectHash = entry.SubjectHash,
        };
}
