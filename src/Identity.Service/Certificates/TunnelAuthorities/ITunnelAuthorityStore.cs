using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Tunnels' authorities. At most one of a tunnel is active, trust-only ones aside.</summary>
internal interface ITunnelAuthorityStore
{
    ValueTask<TunnelAuthority?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The one that signs the tunnel's server certificates.</summary>
    ValueTask<TunnelAuthority?> FindActiveAsync(TunnelId tunnelId, CancellationToken cancellationToken);

    /// <summary>
    /// Committed with every intent of it: what is not active any more, or of an archived tunnel, is
    /// <see cref="AuthorityConflict.NotActive"/>. Without it a leaf could be recorded just after the taint that should
    /// have called it back.
    /// </summary>
    Statement RequireActive(CertificateAuthorityId id);

    /// <summary>Newest first, one more than the page holds when there are more; null = all.</summary>
    ValueTask<IReadOnlyList<TunnelAuthority>> ListAsync(
        string organizationId,
        string? workspaceId,
        string? tunnelId,
        PageRequest page,
        CancellationToken cancellationToken
    );

    /// <summary>Every one of a tunnel, newest first, whatever its state.</summary>
    ValueTask<IReadOnlyList<TunnelAuthority>> ListOfTunnelAsync(TunnelId tunnelId, CancellationToken cancellationToken);

    /// <summary>Of all tunnels, in the order of <see cref="TunnelAuthority.Ordinal"/>, those above <paramref name="after"/>.</summary>
    ValueTask<IReadOnlyList<TunnelAuthority>> ListByStateAsync(
        AuthorityState state,
        long after,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>Of all tunnels, undeleted ones with that <see cref="TunnelAuthority.SubjectKey"/>.</summary>
    ValueTask<IReadOnlyList<TunnelAuthority>> ListLookalikesAsync(
        string subjectKey,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Another authority's key is <see cref="AuthorityConflict.KeyTaken"/> (S18); <paramref name="limit"/> unfinished
    /// registrations of the tunnel are <see cref="AuthorityConflict.LimitReached"/>.
    /// </summary>
    Statement Insert(TunnelAuthority authority, int limit);

    /// <summary>
    /// Writes the whole record over a row that is still in state <paramref name="expected"/>; otherwise
    /// <see cref="AuthorityConflict.Stale"/>. A second active one is <see cref="AuthorityConflict.OtherActive"/>.
    /// The sealed key is written for a draft alone, and removed where the record has none; any other stays as it is.
    /// </summary>
    Statement Update(TunnelAuthority authority, AuthorityState expected);

    /// <summary>
    /// Claims the making of a draft's key until that time; one that somebody else makes, or that is no draft any more,
    /// is <see cref="AuthorityConflict.KeyClaimed"/>.
    /// </summary>
    Statement ClaimKey(CertificateAuthorityId id, string claim, DateTimeOffset now, DateTimeOffset until);

    /// <summary>Gives a claim back; one that was lost to somebody else is <see cref="AuthorityConflict.Stale"/>.</summary>
    Statement EndKeyClaim(CertificateAuthorityId id, string claim);
}
