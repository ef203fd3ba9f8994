using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Rules;

internal interface IRuleStore
{
    /// <summary>Null if unknown or of another organization; includes archived rules.</summary>
    ValueTask<Rule?> FindAsync(string organizationId, string id, CancellationToken cancellationToken);

    /// <summary>Newest first, at most <see cref="PageRequest.Count"/>, with their ordinals.</summary>
    /// <param name="issuerId">Only rules of this issuer; null = all.</param>
    ValueTask<IReadOnlyList<Numbered<Rule>>> ListAsync(
        string organizationId,
        string? issuerId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>Null if unknown or of another organization.</summary>
    ValueTask<Rule?> FindVersionAsync(
        string organizationId,
        string id,
        int version,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The versions of a rule, newest first, at most <see cref="PageRequest.Count"/>; their ordinal is the version.
    /// </summary>
    ValueTask<IReadOnlyList<Rule>> ListVersionsAsync(
        string organizationId,
        string id,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>Newest versions that await approval (<see cref="Rule.AwaitsApproval"/>), the newest rules first.</summary>
    ValueTask<IReadOnlyList<Rule>> ListWaitingAsync(
        string organizationId,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Returns the rules of all organizations, including archived ones.</summary>
    ValueTask<IReadOnlyList<StoredRule>> AllAsync(CancellationToken cancellationToken);

    /// <summary>The existing rules with these ids, in any order, including archived ones.</summary>
    ValueTask<IReadOnlyList<StoredRule>> FindManyAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>
    /// The rule and its workspaces. <see cref="FederationErrors.NameTaken"/> if the name is in use,
    /// <see cref="FederationErrors.ReferenceArchived"/> if issuer or service account were archived in the meantime.
    /// </summary>
    IReadOnlyList<Statement> Insert(Rule rule);

    /// <summary>
    /// Writes version n + 1 over version n, including workspaces; <see cref="FederationErrors.Changed"/> if the store
    /// has another version, otherwise as <see cref="Insert"/>. An archived rule has no workspaces.
    /// </summary>
    IReadOnlyList<Statement> Update(Rule rule);

    /// <summary>
    /// Updates the rule's row only if it is live, and its version in force targets the account, covers the workspace,
    /// and names the machine.
    /// </summary>
    /// <param name="workspaceId">Null for machines that belong to no workspace.</param>
    Statement RequireNaming(string ruleId, string serviceAccountId, string? workspaceId, string machineId);
}
