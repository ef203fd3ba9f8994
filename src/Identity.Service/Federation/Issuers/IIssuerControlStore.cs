using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Stores which keys, sets and issuers were killed, and for which issuers polling is paused.</summary>
internal interface IIssuerControlStore
{
    ValueTask<(IReadOnlyList<StoredKill> Kills, IReadOnlyList<StoredPause> Pauses)> AllAsync(
        CancellationToken cancellationToken
    );

    /// <summary>In the order of the kills.</summary>
    ValueTask<IReadOnlyList<StoredKill>> KillsOfAsync(IssuerId issuer, CancellationToken cancellationToken);

    /// <summary>Stores a line; an existing line gets the newer time and reason.</summary>
    Statement Kill(StoredKill line);

    /// <summary><see cref="FederationErrors.Changed"/> if there is no such order.</summary>
    IReadOnlyList<Statement> Undo(IssuerId issuer, string cause);

    /// <summary>If it is paused already, keeps the earlier moment.</summary>
    Statement Pause(StoredPause pause);

    Statement Resume(IssuerId issuer);
}
