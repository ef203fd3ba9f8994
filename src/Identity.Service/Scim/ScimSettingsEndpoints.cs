using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Scim;

/// <summary><c>/v1/organizations/federation_issuers/{id}/scim</c>.</summary>
internal sealed class ScimSettingsEndpoints(
    ScimDirectoryStore store,
    IJournal journal,
    ServiceIdentity identity,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } directory
            ? Answer(directory)
            : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> UpdateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(ScimJson.Default.UpdateScimSettingsRequest, cancellationToken);
        if (!body.TryGet(out var wanted, out var refusal))
        {
            return refusal;
        }

        if (WireNames.Find<SubjectAttribute>(wanted.SubjectAttribute) is not { } attribute)
        {
            return RequestErrors.Invalid.Refuse($"subject_attribute: {WireNames.All<SubjectAttribute>()} is required.");
        }

        if (await FindAsync(request, cancellationToken) is not { } directory)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (directory.SubjectAttribute == attribute)
        {
            return Answer(directory);
        }

        var now = time.GetStoreNow();
        var updated = directory with
        {
            SubjectAttribute = attribute,
            UpdatedAt = now,
            UpdatedBy = request.Caller.ActorId,
        };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ScimEvents.SettingsUpdated(AuditOrigin.From(request, now), updated),
                Statements = ScimDirectoryStore.Save(updated),
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } unavailable ? unavailable : Answer(updated);
    }

    private ValueTask<ScimDirectory?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        store.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken);

    private ApiAnswer Answer(ScimDirectory directory) =>
        ApiAnswer.Json(ScimSettingsDocument.From(directory, identity), ScimJson.Default.ScimSettingsDocument);
}
