using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Challenges;

internal interface IAcmeChallengeStore
{
    ValueTask<AcmeChallenge?> FindAsync(string id, CancellationToken cancellationToken);

    ValueTask<AcmeChallenge?> FindByNameAsync(string name, CancellationToken cancellationToken);

    /// <summary>Those that end after <paramref name="now"/>, of every tunnel or of one.</summary>
    ValueTask<IReadOnlyList<AcmeChallenge>> ListLiveAsync(
        string? tunnelId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>Ids of agents and edges that hold it.</summary>
    ValueTask<IReadOnlySet<string>> HoldersAsync(AcmeChallengeId id, CancellationToken cancellationToken);

    /// <summary>
    /// Announces it, after whatever has ended is gone, and the announcer's own earlier one for the name with it.
    /// Conflicts: <see cref="TunnelConflict.Stale"/> (tunnel archived), <see cref="TunnelConflict.LimitReached"/>,
    /// <see cref="TunnelConflict.InUse"/> (another agent's is live for the name).
    /// </summary>
    IReadOnlyList<Statement> Insert(AcmeChallenge challenge, int limit);

    /// <summary><see cref="TunnelConflict.Stale"/> when it is gone.</summary>
    IReadOnlyList<Statement> Remove(AcmeChallengeId id);

    /// <summary>Idempotent; <see cref="TunnelConflict.Stale"/> when it is gone.</summary>
    IReadOnlyList<Statement> Acknowledge(AcmeChallengeId id, string holder);
}
