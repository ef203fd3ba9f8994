using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Issuers;

internal interface IIssuerStore
{
    /// <summary>Null when unknown or of another organization; archived ones are found.</summary>
    ValueTask<Issuer?> FindAsync(string organizationId, string id, CancellationToken cancellationToken);

    /// <summary>Newest first, at most <c>Limit + 1</c>, with their ordinals.</summary>
    ValueTask<IReadOnlyList<Numbered<Issuer>>> ListAsync(
        string organizationId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>Of all organizations, archived ones included.</summary>
    ValueTask<IReadOnlyList<Issuer>> AllAsync(CancellationToken cancellationToken);

    /// <summary>Those of these ids that exist, in any order, archived ones included.</summary>
    ValueTask<IReadOnlyList<Issuer>> FindManyAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary><see cref="FederationConflict.NameTaken"/> when the name is in use.</summary>
    Statement Insert(Issuer issuer);

    /// <summary>
    /// Writes version n + 1 over version n; <see cref="FederationConflict.Changed"/> when the store has another one,
    /// <see cref="FederationConflict.NameTaken"/> when the name is in use.
    /// </summary>
    Statement Update(Issuer issuer);

    /// <summary>A condition: no rule has changed since that number; <see cref="FederationConflict.Changed"/>.</summary>
    Statement RequireRulesUnchanged(long sequence);

    /// <summary>As <see cref="Update"/>, and <see cref="FederationConflict.InUse"/> while a live rule refers to it.</summary>
    IReadOnlyList<Statement> Archive(Issuer issuer);
}
