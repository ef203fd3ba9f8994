using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Workspaces;

/// <summary>Explicit memberships.</summary>
internal interface IMembershipStore
{
    ValueTask<Membership?> FindAsync(string serviceAccountId, string workspaceId, CancellationToken cancellationToken);

    /// <summary>Newest first, at most <c>Limit + 1</c>, with their ordinals.</summary>
    ValueTask<IReadOnlyList<Numbered<Membership>>> ListOfAccountAsync(
        string serviceAccountId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>As <see cref="ListOfAccountAsync"/>; those of archived accounts are left out.</summary>
    ValueTask<IReadOnlyList<Numbered<Membership>>> ListOfWorkspaceAsync(
        string workspaceId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>Of all organizations.</summary>
    ValueTask<IReadOnlyList<Membership>> AllAsync(CancellationToken cancellationToken);

    /// <summary>Of these service accounts, in any order.</summary>
    ValueTask<IReadOnlyList<Membership>> OfAccountsAsync(
        IReadOnlyList<string> serviceAccountIds,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Adds it, or replaces the role of the one that exists;
    /// <see cref="FederationConflict.ReferenceArchived"/> when the account was archived meanwhile.
    /// </summary>
    IReadOnlyList<Statement> Put(Membership membership);

    Statement Remove(ServiceAccountId account, WorkspaceId workspace);
}
