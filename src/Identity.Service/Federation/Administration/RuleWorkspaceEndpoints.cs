using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Federation.Administration;

/// <summary><c>/v1/organizations/federation_rules/{id}/workspaces</c>.</summary>
internal sealed class RuleWorkspaceEndpoints(
    IRuleStore store,
    RuleValidator validator,
    RuleReviewer reviewer,
    RuleApproval approval,
    TenantStore tenants,
    FederationChanges changes,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } rule
            ? ApiAnswer.Json(
                Pages.Whole(rule.WorkspaceIds.Select(workspace => ToDocument(rule, workspace))),
                FederationJson.Default.PageRuleWorkspaceDocument
            )
            : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> AddAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.AddRuleWorkspaceRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (await FindAsync(request, cancellationToken) is not { } rule)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (rule.IsArchived)
        {
            return FederationErrors.Archived.Refuse();
        }

        if (!rule.WorkspaceIds.Contains(body.WorkspaceId))
        {
            var changed = Change(request, rule, [.. rule.WorkspaceIds, body.WorkspaceId]);
            if (await validator.CheckAsync(changed, request.Caller, cancellationToken) is { } invalid)
            {
                return invalid;
            }

            // The rule's existing dangers apply in the new workspace too, so the rule is reviewed.
            var reviewResult = await reviewer.ReviewAsync(
                changed,
                rule,
                given: null,
                justification: null,
                cancellationToken
            );
            if (!reviewResult.TryGet(out var review, out refusal))
            {
                return refusal;
            }

            var refused = await CommitAsync(
                request,
                AuditEvents.FederationRuleWorkspaceAdded,
                await approval.ApplyAsync(rule, changed, cancellationToken),
                body.WorkspaceId,
                review.Warnings,
                cancellationToken
            );
            if (refused is not null)
            {
                return refused;
            }
        }

        return ApiAnswer.Json(ToDocument(rule, body.WorkspaceId), FederationJson.Default.RuleWorkspaceDocument);
    }

    /// <summary>Idempotent: a client that repeats it after a lost answer must not get an error.</summary>
    public async ValueTask<ApiAnswer> RemoveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var workspace = request.Route("workspace");
        if (
            await FindAsync(request, cancellationToken) is not { } rule
            || await tenants.FindWorkspaceAsync(rule.OrganizationId, workspace, cancellationToken) is null
        )
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (rule.WorkspaceIds.Contains(workspace))
        {
            var changed = Change(request, rule, [.. rule.WorkspaceIds.Where(id => id != workspace)]);
            var refused = await CommitAsync(
                request,
                AuditEvents.FederationRuleWorkspaceRemoved,
                await approval.ApplyAsync(rule, changed, cancellationToken),
                workspace,
                [],
                cancellationToken
            );
            if (refused is not null)
            {
                return refused;
            }
        }

        return ApiAnswer.Json(
            new RuleWorkspaceDeletedDocument(FederationRuleId: rule.Id.Value, WorkspaceId: workspace),
            FederationJson.Default.RuleWorkspaceDeletedDocument
        );
    }

    private Rule Change(ApiRequest request, Rule rule, IReadOnlyList<string> workspaces) =>
        rule.Next(rule.State, rule.Stamps.Updated(time.GetStoreNow(), request.Caller.ActorId)) with
        {
            WorkspaceIds = workspaces,
        };

    private ValueTask<Refusal?> CommitAsync(
        ApiRequest request,
        string name,
        Rule rule,
        string workspace,
        IReadOnlyList<Lint> lints,
        CancellationToken cancellationToken
    ) =>
        changes.CommitAsync(
            new RuleAudited(name, AuditOrigin.From(request, time.GetUtcNow()), rule, lints, WorkspaceId: workspace),
            store.Update(rule),
            cancellationToken
        );

    private ValueTask<Rule?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        store.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken);

    private static RuleWorkspaceDocument ToDocument(Rule rule, string workspace) =>
        new(FederationRuleId: rule.Id.Value, WorkspaceId: workspace);
}
