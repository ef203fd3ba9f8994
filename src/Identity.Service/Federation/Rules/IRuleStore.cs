using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Rules;

internal interface IRuleStore
{
    /// <summary>Null when unknown or of another organization; archived ones are found.</summary>
    ValueTask<Rule?> FindAsync(string organizationId, string id, CancellationToken cancellationToken);

    /// <summary>Newest first, at most <see cref="PageRequest.Count"/>, with their ordinals.</summary>
    /// <param name="issuerId">Only rules of this issuer; null = all.</param>
    ValueTask<IReadOnlyList<Numbered<Rule>>> ListAsync(
        string organizationId,
        string? issuerId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>One version; null when unknown or of another organization.</summary>
    ValueTask<Rule?> FindVersionAsync(
        string organizationId,
        string id,
        int version,
        CancellationToken cancellationToken
    );

    /// <summary>The versions of a rule, newest first, at most <see cref="PageRequest.Count"/>; their ordinal is the version.</summary>
    ValueTask<IReadOnlyList<Rule>> ListVersionsAsync(
        string organizationId,
        string id,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>Of all organizations, archived ones included.</summary>
    ValueTask<IReadOnlyList<StoredRule>> AllAsync(CancellationToken cancellationToken);

    /// <summary>Those of these ids that exist, in any order, archived ones included.</summary>
    ValueTask<IReadOnlyList<StoredRule>> FindManyAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>
    /// The rule and its workspaces. <see cref="FederationConflict.NameTaken"/> when the name is in use,
    /// <see cref="FederationConflict.ReferenceArchived"/> when issuer or service account were archived meanwhile.
    /// </summary>
    IReadOnlyList<Statement> Insert(Rule rule);

    /// <summary>
    /// Writes version n + 1 over version n, workspaces included; <see cref="FederationConflict.Changed"/> when the
    /// store has another version, otherwise as <see cref="Insert"/>. An archived rule keeps no workspaces.
    /// </summary>
    IReadOnlyList<Statement> Update(Rule rule);

    /// <summary>
    /// Touches the rule's row only if it is live, and its version in force speaks for the account, covers the workspace, and names the machine.
    /// </summary>
    /// <param name="workspaceId">Null for machines that belong to no workspace.</param>
    Statement RequireNaming(string ruleId, string serviceAccountId, string? workspaceId, string machineId);
}
