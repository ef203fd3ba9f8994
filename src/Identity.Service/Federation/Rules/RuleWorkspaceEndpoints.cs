using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary><c>/v1/organizations/federation_rules/{id}/workspaces</c>.</summary>
internal sealed class RuleWorkspaceEndpoints(
    IRuleStore store,
    RuleValidator validator,
    FederationChanges changes,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } rule
            ? ApiAnswer.Json(
                new RuleWorkspaceListDocument
                {
                    Data = [.. rule.WorkspaceIds.Select(workspace => DocumentOf(rule, workspace))],
                },
                FederationJson.Default.RuleWorkspaceListDocument
            )
            : RequestErrors.NotFound.Refuse();

    public async ValueTask<ApiAnswer> AddAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (body, refusal) = await request.ReadJsonAsync(
            FederationJson.Default.AddRuleWorkspaceRequest,
            cancellationToken
        );
        if (body is null)
        {
            return refusal!;
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
            var refused =
                await validator.CheckAsync(changed, request.Caller, cancellationToken)
                ?? await CommitAsync(
                    request,
                    AuditEvents.FederationRuleWorkspaceAdded,
                    changed,
                    body.WorkspaceId,
                    cancellationToken
                );
            if (refused is not null)
            {
                return refused;
            }
        }

        return ApiAnswer.Json(DocumentOf(rule, body.WorkspaceId), FederationJson.Default.RuleWorkspaceDocument);
    }

    public async ValueTask<ApiAnswer> RemoveAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var workspace = request.Route("workspace");
        if (await FindAsync(request, cancellationToken) is not { } rule || !rule.WorkspaceIds.Contains(workspace))
        {
            return RequestErrors.NotFound.Refuse();
        }

        var changed = Change(request, rule, [.. rule.WorkspaceIds.Where(id => id != workspace)]);
        var refused = await CommitAsync(
            request,
            AuditEvents.FederationRuleWorkspaceRemoved,
            changed,
            workspace,
            cancellationToken
        );
        return refused is null
            ? ApiAnswer.Json(
                new RuleWorkspaceDeletedDocument { FederationRuleId = rule.Id.Value, WorkspaceId = workspace },
                FederationJson.Default.RuleWorkspaceDeletedDocument
            )
            : refused;
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
        CancellationToken cancellationToken
    ) =>
        changes.CommitAsync(
            new RuleAudited(name, rule)
            {
                At = time.GetUtcNow(),
                Actor = AuditActor.Of(request),
                OrganizationId = rule.OrganizationId,
                RequestId = request.RequestId,
                WorkspaceId = workspace,
                Resources =
                [
                    new AuditResource("federation_rule", rule.Id.Value),
                    new AuditResource("workspace", workspace),
                ],
            },
            store.Update(rule),
            cancellationToken
        );

    private ValueTask<Rule?> FindAsync(ApiRequest request, CancellationToken cancellationToken) =>
        store.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken);

    private static RuleWorkspaceDocument DocumentOf(Rule rule, string workspace) =>
        new() { FederationRuleId = rule.Id.Value, WorkspaceId = workspace };
}
