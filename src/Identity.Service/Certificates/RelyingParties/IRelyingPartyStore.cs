using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal interface IRelyingPartyStore
{
    ValueTask<RelyingParty?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The unarchived one whose credential has that SHA-256.</summary>
    ValueTask<RelyingParty?> FindBySecretAsync(byte[] secretHash, CancellationToken cancellationToken);

    /// <summary>Of one tunnel, newest first; unarchived ones are bounded in number.</summary>
    ValueTask<IReadOnlyList<RelyingParty>> ListAsync(
        TunnelId tunnelId,
        bool includeArchived,
        CancellationToken cancellationToken
    );

    /// <summary>Conflicts: <see cref="RelyingPartyConflict"/>, all but the last.</summary>
    IReadOnlyList<Statement> Insert(RelyingParty party, byte[] secretHash, int limit);

    /// <summary>Its credential ends with it. <see cref="RelyingPartyConflict.Stale"/> when it is archived already.</summary>
    Statement Archive(RelyingPartyId id, DateTimeOffset at);
}
