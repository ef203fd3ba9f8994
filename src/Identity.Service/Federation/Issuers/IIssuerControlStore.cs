using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Keeps what was killed and which polling is paused.</summary>
internal interface IIssuerControlStore
{
    ValueTask<(IReadOnlyList<StoredKill> Kills, IReadOnlyList<StoredPause> Pauses)> AllAsync(
        CancellationToken cancellationToken
    );

    /// <summary>In the order they were given.</summary>
    ValueTask<IReadOnlyList<StoredKill>> KillsOfAsync(IssuerId issuer, CancellationToken cancellationToken);

    /// <summary>Writes a line; one that is there already gets the newer time and reason.</summary>
    Statement Kill(StoredKill line);

    /// <summary><see cref="FederationConflict.Changed"/> when there is no such order.</summary>
    IReadOnlyList<Statement> Undo(IssuerId issuer, string cause);

    /// <summary>Keeps the first moment where it is paused already.</summary>
    Statement Pause(StoredPause pause);

    Statement Resume(IssuerId issuer);
}
