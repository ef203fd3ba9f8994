using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A rule store that hands everything on; what a test watches or breaks, it overrides.</summary>
internal abstract class DelegatingRuleStore(IRuleStore store) : IRuleStore
{
    public ValueTask<Rule?> FindAsync(string organizationId, string id, CancellationToken cancellationToken) =>
        store.FindAsync(organizationId, id, cancellationToken);

    public ValueTask<IReadOnlyList<Numbered<Rule>>> ListAsync(
        string organizationId,
        string? issuerId,
        PageRequest page,
        CancellationToken cancellationToken
    ) => store.ListAsync(organizationId, issuerId, page, cancellationToken);

    public ValueTask<Rule?> FindVersionAsync(
        string organizationId,
        string id,
        int version,
        CancellationToken cancellationToken
    ) => store.FindVersionAsync(organizationId, id, version, cancellationToken);

    public ValueTask<IReadOnlyList<Rule>> ListVersionsAsync(
        string organizationId,
        string id,
        PageRequest page,
        CancellationToken cancellationToken
    ) => store.ListVersionsAsync(organizationId, id, page, cancellationToken);

    public ValueTask<IReadOnlyList<Rule>> ListWaitingAsync(
        string organizationId,
        int limit,
        CancellationToken cancellationToken
    ) => store.ListWaitingAsync(organizationId, limit, cancellationToken);

    public virtual ValueTask<IReadOnlyList<StoredRule>> AllAsync(CancellationToken cancellationToken) =>
        store.AllAsync(cancellationToken);

    public virtual ValueTask<IReadOnlyList<StoredRule>> FindManyAsync(
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    ) => store.FindManyAsync(ids, cancellationToken);

    public IReadOnlyList<Statement> Insert(Rule rule) => store.Insert(rule);

    public IReadOnlyList<Statement> Update(Rule rule) => store.Update(rule);

    public Statement RequireNaming(string ruleId, string serviceAccountId, string? workspaceId, string machineId) =>
        store.RequireNaming(ruleId, serviceAccountId, workspaceId, machineId);
}
