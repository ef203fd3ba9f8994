using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

internal interface IServiceAccountStore
{
    /// <summary>Null when unknown or of another organization; archived ones are found.</summary>
    ValueTask<ServiceAccount?> FindAsync(string organizationId, string id, CancellationToken cancellationToken);

    /// <summary>Newest first, at most <c>Limit + 1</c>, with their ordinals.</summary>
    ValueTask<IReadOnlyList<Numbered<ServiceAccount>>> ListAsync(
        string organizationId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>Of all organizations, archived ones included.</summary>
    ValueTask<IReadOnlyList<ServiceAccount>> AllAsync(CancellationToken cancellationToken);

    /// <summary>Those of these ids that exist, in any order, archived ones included.</summary>
    ValueTask<IReadOnlyList<ServiceAccount>> FindManyAsync(
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    );

    /// <summary><see cref="FederationConflict.NameTaken"/> when the name is in use.</summary>
    Statement Insert(ServiceAccount account);

    /// <summary>
    /// Writes version n + 1 over version n; <see cref="FederationConflict.Changed"/> when the store has another one.
    /// </summary>
    Statement Update(ServiceAccount account);

    /// <summary>As <see cref="Update"/>, and <see cref="FederationConflict.InUse"/> while a live rule refers to it.</summary>
    IReadOnlyList<Statement> Archive(ServiceAccount account);
}
