using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Scim;

/// <summary><c>/scim/{issuer_id}/v2/Users</c> and <c>/Groups</c> (RFC 7644 §3).</summary>
internal sealed class ScimEndpoints(
    ScimResourceType type,
    ScimDirectoryStore directories,
    ScimResourceStore store,
    ScimSearch search,
    ScimChanges changes,
    ServiceIdentity identity,
    TimeProvider time
)
{
    private const string ListSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    private bool HasMembers => type == ScimResourceType.Group;

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindDirectoryAsync(request, cancellationToken) is not { } directory)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (!ScimSelection.Read(type, request).TryGet(out var selection, out var refusal))
        {
            return refusal;
        }

        if (!(await ReadAsync(request, cancellationToken)).TryGet(out var attributes, out refusal))
        {
            return refusal;
        }

        // Requests at the same time may exceed the limit by their number.
        var count = await store.CountOfOrganizationAsync(type, directory.OrganizationId, cancellationToken);
        if (count >= type.MostPerOrganization)
        {
            return ScimErrors.Limit.Refuse();
        }

        var now = time.GetStoreNow();
        var created = new ScimResource
        {
            Type = type,
            Id = Identifier.New(type.Prefix),
            OrganizationId = directory.OrganizationId,
            IssuerId = directory.IssuerId,
            Attributes = attributes,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var saved = await changes.SaveAsync(request.Cause, directory, null, created, cancellationToken);
        if (!saved.TryGet(out var resource, out refusal))
        {
            return refusal;
        }

        request.Http.Response.Headers.Location = GetLocation(resource);
        return Answer(request, resource, selection, StatusCodes.Status201Created);
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindDirectoryAsync(request, cancellationToken) is not { } directory)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (!ScimQuery.Read(type, request).TryGet(out var query, out var refusal))
        {
            return refusal;
        }

        var found = await search.FindAsync(type, directory.IssuerId, query, request.Caller, cancellationToken);
        if (!found.TryGet(out var page, out refusal))
        {
            return refusal;
        }

        JsonArray resources = [];
        var members = 0;
        foreach (var row in page.Resources)
        {
            var resource = row;
            if (HasMembers && query.Selection.Includes(ScimResourceType.MembersName))
            {
                // A page may have fewer resources than count (RFC 7644 §3.4.2.4): it ends before its members are too many.
                resource = await WithMembersAsync(row, cancellationToken);
                members += resource.MemberIds.Count;
                if (members > ScimResourceType.MaxMembers && resources.Count > 0)
                {
                    break;
                }
            }

            resources.Add(query.Selection.Apply(resource.ToDocument(GetLocation(resource))));
        }

        return ScimRequests.Answer(
            new JsonObject
            {
                ["schemas"] = new JsonArray(ListSchema),
                ["totalResults"] = page.Total,
                ["startIndex"] = query.StartIndex,
                ["itemsPerPage"] = resources.Count,
                ["Resources"] = resources,
            }
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!ScimSelection.Read(type, request).TryGet(out var selection, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not (_, { } resource))
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (ScimRequests.IsKnown(request, resource))
        {
            return ApiAnswer.NotModified;
        }

        if (HasMembers && selection.Includes(ScimResourceType.MembersName))
        {
            resource = await WithMembersAsync(resource, cancellationToken);
        }

        return Answer(request, resource, selection);
    }

    public ValueTask<ApiAnswer> ReplaceAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ChangeAsync(
            request,
            (before, body) =>
            {
                if (!ScimValues.ReadResource(type, body).TryGet(out var attributes, out var refusal))
                {
                    return refusal;
                }

                // A replacement that does not say so neither deactivates nor reactivates.
                if (type == ScimResourceType.User && attributes["active"] is null)
                {
                    attributes["active"] = before.IsActive;
                }

                return attributes;
            },
            isPatch: false,
            cancellationToken
        );

    public ValueTask<ApiAnswer> PatchAsync(ApiRequest request, CancellationToken cancellationToken) =>
        ChangeAsync(
            request,
            (before, body) => ScimPatch.Apply(type, before.Id, before.Attributes, body),
            isPatch: true,
            cancellationToken
        );

    public async ValueTask<ApiAnswer> DeleteAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not (_, { } resource))
        {
            return RequestErrors.NotFound.Refuse();
        }

        var refusal =
            ScimRequests.CheckIfMatch(request, resource)
            ?? await changes.DeleteAsync(request.Cause, resource, cancellationToken);
        return refusal is null ? ApiAnswer.Empty : refusal;
    }

    private async ValueTask<ApiAnswer> ChangeAsync(
        ApiRequest request,
        Func<ScimResource, JsonObject, Result<JsonObject>> change,
        bool isPatch,
        CancellationToken cancellationToken
    )
    {
        if (!ScimSelection.Read(type, request).TryGet(out var selection, out var refusal))
        {
            return refusal;
        }

        var body = await ScimRequests.ReadBodyAsync(request, type.MaxBodyBytes, cancellationToken);
        if (!body.TryGet(out var wanted, out refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not ({ } directory, { } before))
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (ScimRequests.CheckIfMatch(request, before) is { } changed)
        {
            return changed;
        }

        if (HasMembers)
        {
            before = await WithMembersAsync(before, cancellationToken);
        }

        if (!change(before, wanted).TryGet(out var attributes, out refusal))
        {
            return refusal;
        }

        var after = before.With(attributes, time.GetStoreNow());
        var saved = await changes.SaveAsync(request.Cause, directory, before, after, cancellationToken);
        if (!saved.TryGet(out var resource, out refusal))
        {
            return refusal;
        }

        if (isPatch && HasMembers && selection.IsEverything)
        {
            // RFC 7644 §3.5.2 allows it, and a group may have many members.
            request.Http.Response.Headers.ETag = resource.ETag;
            return ApiAnswer.Empty;
        }

        return Answer(request, resource, selection);
    }

    private async ValueTask<Result<JsonObject>> ReadAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await ScimRequests.ReadBodyAsync(request, type.MaxBodyBytes, cancellationToken);
        return body.TryGet(out var resource, out var refusal) ? ScimValues.ReadResource(type, resource) : refusal;
    }

    private ValueTask<ScimDirectory?> FindDirectoryAsync(ApiRequest request, CancellationToken cancellationToken) =>
        directories.FindAsync(request.Caller.OrganizationId, request.Route("issuer_id"), cancellationToken);

    // Another organization's ids are answered like unknown ones (S1).
    private async ValueTask<(ScimDirectory? Directory, ScimResource? Resource)> FindAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        if (
            !Identifier.IsWellFormed(type.Prefix, request.Route("id"))
            || await FindDirectoryAsync(request, cancellationToken) is not { } directory
        )
        {
            return default;
        }

        var resource = await store.FindAsync(
            type,
            directory.OrganizationId,
            directory.IssuerId,
            request.Route("id"),
            cancellationToken
        );
        return (directory, resource);
    }

    private async ValueTask<ScimResource> WithMembersAsync(ScimResource group, CancellationToken cancellationToken) =>
        group.WithMembers(await store.ListMembersAsync(group.Id, cancellationToken));

    private string GetLocation(ScimResource resource) =>
        $"{ScimOperations.GetUrl(identity, resource.IssuerId)}/{type.Endpoint}/{resource.Id}";

    private ApiAnswer Answer(
        ApiRequest request,
        ScimResource resource,
        ScimSelection selection,
        int status = StatusCodes.Status200OK
    )
    {
        request.Http.Response.Headers.ETag = resource.ETag;
        return ScimRequests.Answer(selection.Apply(resource.ToDocument(GetLocation(resource))), status);
    }
}
