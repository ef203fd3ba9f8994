using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

/// <summary>
/// Admin keys for a user with access to the service's files (S11b). A key created here is the first of a person, so that two
/// people without a key can approve for each other (S16). A key created again under the same name belongs to that name's
/// person, so that a lost or expired key does not give a second vote.
/// </summary>
internal sealed class HostAdminKeys(
    AdminKeys keys,
    AdminKeyStore store,
    TenantStore tenants,
    PersonIdentification persons,
    TimeProvider time
)
{
    /// <summary>The organization with that id or name; without either, the only one. The error is a sentence.</summary>
    public async ValueTask<(Organization? Organization, string? Error)> FindOrganizationAsync(
        string? nameOrId,
        CancellationToken cancellationToken
    )
    {
        var all = await tenants.ListOrganizationsAsync(cancellationToken);
        var found = all.Where(one =>
                one.ArchivedAt is null && (nameOrId is null || one.Id == nameOrId || one.Name == nameOrId)
            )
            .ToList();
        return found switch
        {
            [var only] => (only, null),
            [] => (null, $"The organization {nameOrId} does not exist."),
            _ => (
                null,
                $"Name the organization with --organization: {string.Join(", ", found.Select(one => one.Id))}."
            ),
        };
    }

    public async ValueTask<Result<AdminKeyDocument>> CreateAsync(
        RequestedAdminKey wish,
        string secret,
        AuditActor actor,
        CancellationToken cancellationToken
    )
    {
        var firsts = await store.ListFirstAsync(wish.OrganizationId, cancellationToken);
        var before = firsts.FirstOrDefault(key =>
            key.Name.Equals(wish.Name.Trim(), StringComparison.OrdinalIgnoreCase)
        );
        var created = await keys.CreateAsync(
            wish with
            {
                CreatedBy = before?.Id.Value,
            },
            secret,
            actor,
            requestId: null,
            cancellationToken
        );
        return created.IsOk ? await DescribeAsync(created.Value, cancellationToken) : created.Refusal;
    }

    public async ValueTask<IReadOnlyList<AdminKeyDocument>> ListAsync(
        string organizationId,
        CancellationToken cancellationToken
    )
    {
        var described = new List<AdminKeyDocument>();
        foreach (var key in await store.ListAsync(organizationId, cancellationToken))
        {
            described.Add(await DescribeAsync(key, cancellationToken));
        }

        return described;
    }

    public async ValueTask<Result<AdminKeyDocument>> RevokeAsync(
        string organizationId,
        string keyId,
        string? reason,
        AuditActor actor,
        CancellationToken cancellationToken
    )
    {
        if (await store.FindAsync(organizationId, keyId, cancellationToken) is not { } key)
        {
            return RequestErrors.NotFound.Refuse($"There is no admin key {keyId}.");
        }

        var revoked = await keys.RevokeAsync(key, reason, actor, requestId: null, cancellationToken);
        return revoked.IsOk ? await DescribeAsync(revoked.Value, cancellationToken) : revoked.Refusal;
    }

    private async ValueTask<AdminKeyDocument> DescribeAsync(AdminKey key, CancellationToken cancellationToken) =>
        AdminKeyDocument.From(key, await persons.OfKeyAsync(key.Id.Value, cancellationToken), time.GetUtcNow());
}
