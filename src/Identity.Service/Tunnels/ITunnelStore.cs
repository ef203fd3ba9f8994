using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>
/// Tunnels in the store. Reads see the last commit; changes are statements for the caller's decision and name the
/// <see cref="TunnelConflict"/> they may run into.
/// </summary>
internal interface ITunnelStore
{
    ValueTask<Tunnel?> FindAsync(string tunnelId, CancellationToken cancellationToken);

    /// <summary>The unarchived tunnel whose current token has that SHA-256.</summary>
    ValueTask<Tunnel?> FindByTokenAsync(byte[] tokenHash, CancellationToken cancellationToken);

    /// <summary>The tunnel that a request of that fingerprint created at or after <paramref name="since"/>.</summary>
    ValueTask<Tunnel?> FindCreatedAsync(byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Newest first, one more than the page holds when there are more; null workspace = all.</summary>
    ValueTask<IReadOnlyList<Tunnel>> ListAsync(
        string organizationId,
        string? workspaceId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>Of all organizations: the unarchived ones, and those archived at or after <paramref name="archivedSince"/>.</summary>
    ValueTask<IReadOnlyList<Tunnel>> ListForEdgesAsync(
        DateTimeOffset archivedSince,
        CancellationToken cancellationToken
    );

    /// <summary>The sealed token of an unarchived tunnel.</summary>
    ValueTask<byte[]?> SealedTokenAsync(TunnelId id, CancellationToken cancellationToken);

    /// <summary>
    /// Conflicts: <see cref="TunnelConflict.LimitReached"/>, and with <paramref name="retryOfSince"/>
    /// <see cref="TunnelConflict.AlreadyCreated"/> when the fingerprint created one since then.
    /// </summary>
    IReadOnlyList<Statement> Insert(
        Tunnel tunnel,
        TunnelSecret secret,
        byte[] fingerprint,
        int limit,
        DateTimeOffset? retryOfSince
    );

    /// <summary>
    /// Writes the settings and raises the revision by one; <see cref="TunnelConflict.Stale"/>,
    /// <see cref="TunnelConflict.UnknownRangeSet"/>.
    /// </summary>
    IReadOnlyList<Statement> UpdateSettings(Tunnel changed, long expectedRevision);

    /// <summary>An edge told the port that clients dial: every tunnel that has none yet keeps this one.</summary>
    Statement SetFirstPublicPort(int port);

    /// <summary>Pauses or resumes and raises the revision; <see cref="TunnelConflict.Stale"/> when that is done or it is archived.</summary>
    Statement SetPaused(TunnelId id, DateTimeOffset? at);

    /// <summary>Archives it with its certificates and drops the token; <see cref="TunnelConflict.Stale"/>.</summary>
    IReadOnlyList<Statement> Archive(TunnelId id, DateTimeOffset at);

    /// <summary>Replaces the token; <see cref="TunnelConflict.Stale"/> when archived meanwhile.</summary>
    Statement ReplaceToken(TunnelId id, TunnelSecret secret);

    /// <summary>The trust bundle changed: raises its epoch by one.</summary>
    Statement RaiseBundleEpoch(TunnelId id);
}
