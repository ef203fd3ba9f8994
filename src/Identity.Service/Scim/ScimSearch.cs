using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Scim;

/// <summary>
/// Finds the resources of a list. A filter that requires an indexed attribute reads the index; another one is evaluated on
/// all resources of the kind, if they are few.
/// </summary>
internal sealed class ScimSearch(ScimResourceStore store, CallerLimits limits)
{
    public const int MaxScanned = 5_000;
    private const int MaxGroupsWithMembers = 5;

    public async ValueTask<Result<ScimPage>> FindAsync(
        ScimResourceType type,
        string issuerId,
        ScimQuery query,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        if (query.Filter is not { } filter)
        {
            return new ScimPage(
                await store.CountAsync(type, issuerId, cancellationToken),
                await store.ListAsync(type, issuerId, query.StartIndex - 1, query.Count, cancellationToken)
            );
        }

        var key = filter.FindRequired(ScimResourceStore.Indexed);
        if (key is null && limits.TryTake(caller, CostlyWork.DirectorySearch) is { } limited)
        {
            return limited;
        }

        var candidates = key is null
            ? await store.ListAsync(type, issuerId, 0, MaxScanned + 1, cancellationToken)
            : await store.ListByAsync(
                type,
                issuerId,
                key.Path.Attribute.Name,
                (string)key.Value!,
                MaxScanned + 1,
                cancellationToken
            );
        var needsMembers = filter.Mentions(ScimResourceType.MembersName);
        if (candidates.Count > (needsMembers ? MaxGroupsWithMembers : MaxScanned))
        {
            return ScimErrors.TooMany.Refuse();
        }

        List<ScimResource> found = [];
        foreach (var candidate in candidates)
        {
            var compared = needsMembers
                ? candidate.WithMembers(await store.ListMembersAsync(candidate.Id, cancellationToken))
                : candidate;
            if (filter.Matches(compared.ToDocument("")))
            {
                found.Add(candidate);
            }
        }

        return new ScimPage(found.Count, [.. found.Skip(query.StartIndex - 1).Take(query.Count)]);
    }
}

/// <param name="Total">Of all pages.</param>
internal sealed record ScimPage(int Total, IReadOnlyList<ScimResource> Resources);
