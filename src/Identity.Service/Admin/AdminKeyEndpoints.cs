using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

/// <summary>
/// <c>/v1/admin_keys</c>: the organization's keys for people. A caller cannot grant or revoke rights that it lacks (S2).
/// </summary>
internal sealed class AdminKeyEndpoints(
    AdminKeys keys,
    AdminKeyStore store,
    TenantStore tenants,
    PersonIdentification persons,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(AdminJson.Default.CreateAdminKeyRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (DisplayNames.Check(body.Name) is { } invalid)
        {
            return RequestErrors.Invalid.Refuse($"name: {invalid}");
        }

        if (AdminRole.Find(body.Role) is not { } role)
        {
            return RequestErrors.Invalid.Refuse($"role: one of {AdminRole.Names} is required.");
        }

        var life = body.LifetimeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : RequestedAdminKey.DefaultLife;
        if (life < RequestedAdminKey.ShortestLife || life > RequestedAdminKey.LongestLife)
        {
            return RequestErrors.Invalid.Refuse("lifetime_seconds: 1 minute to 400 days are allowed.");
        }

        if (Lacks(request.Caller, role.Scopes) is { } refused)
        {
            return refused;
        }

        var organizationId = body.OrganizationId ?? request.Caller.OrganizationId;
        if (
            organizationId != request.Caller.OrganizationId
            && await CheckForeignAsync(request.Caller, organizationId, role, cancellationToken) is { } forbidden
        )
        {
            return forbidden;
        }

        var secret = AdminKey.NewSecret();
        var keyResult = await keys.CreateAsync(
            new RequestedAdminKey
            {
                OrganizationId = organizationId,
                Name = body.Name,
                Role = role,
                Life = life,
                // With any name: two keys of the same administrator never approve for each other (S16).
                CreatedBy = request.Caller.ActorId,
            },
            secret,
            AuditActor.From(request),
            request.RequestId,
            cancellationToken
        );
        return !keyResult.IsOk
            ? keyResult.Refusal
            : ApiAnswer.Json(
                await DescribeAsync(keyResult.Value, cancellationToken) with
                {
                    Secret = secret,
                },
                AdminJson.Default.AdminKeyDocument
            );
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var described = new List<AdminKeyDocument>();
        foreach (var key in await store.ListAsync(request.Caller.OrganizationId, cancellationToken))
        {
            described.Add(await DescribeAsync(key, cancellationToken));
        }

        return ApiAnswer.Json(Pages.Whole(described), AdminJson.Default.PageAdminKeyDocument);
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } key
            ? Answer(await DescribeAsync(key, cancellationToken))
            : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> RevokeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(AdminJson.Default.RevokeAdminKeyRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (ReasonRequest.CheckOptional(body.Reason) is { } tooLong)
        {
            return tooLong;
        }

        if (await FindAsync(request, cancellationToken) is not { } key)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (Lacks(request.Caller, key.Scopes) is { } refused)
        {
            return refused;
        }

        var revokedResult = await keys.RevokeAsync(
            key,
            body.Reason,
            AuditActor.From(request),
            request.RequestId,
            cancellationToken
        );
        return !revokedResult.IsOk
            ? revokedResult.Refusal
            : Answer(await DescribeAsync(revokedResult.Value, cancellationToken));
    }

    private ValueTask<AdminKey?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        store.FindAsync(request.Caller.OrganizationId, request.Route("admin_key_id"), cancellationToken);

    private async ValueTask<AdminKeyDocument> DescribeAsync(AdminKey key, CancellationToken cancellationToken) =>
        AdminKeyDocument.From(key, await persons.OfKeyAsync(key.Id.Value, cancellationToken), time.GetUtcNow());

    private static ApiAnswer Answer(AdminKeyDocument document) =>
        ApiAnswer.Json(document, AdminJson.Default.AdminKeyDocument);

    // An operator may create the first keys of another organization, but none that can operate the installation.
    private async ValueTask<Refusal?> CheckForeignAsync(
        Caller caller,
        string organizationId,
        AdminRole role,
        CancellationToken cancellationToken
    ) =>
        !caller.Has(Scopes.InstallationOperate)
        || await tenants.FindOrganizationAsync(organizationId, cancellationToken) is not { } organization
            ? RequestErrors.Invalid.Refuse("organization_id: the organization does not exist.")
        : organization.ArchivedAt is not null ? OrganizationErrors.Archived.Refuse()
        : role == AdminRole.InstallationOperator
            ? RequestErrors.Invalid.Refuse("role: keys of another organization cannot be installation-operator.")
        : null;

    // Federated access expires with its token, rule and issuer, and is bound to a workspace; a key is not. A stolen token
    // must not be able to create permanent access.
    private static Refusal? Lacks(Caller caller, IReadOnlySet<string> scopes) =>
        caller.Kind != CallerKind.AdminKey ? AdminKeyErrors.Federated.Refuse()
        : scopes.FirstOrDefault(scope => !caller.Has(scope)) is { } missing
            ? AdminKeyErrors.Rights.Refuse().With("required_scope", missing)
        : null;
}
