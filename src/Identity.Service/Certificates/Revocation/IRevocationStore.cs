using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>Revoked certificates, and the lists that say so.</summary>
internal interface IRevocationStore
{
    /// <summary>
    /// Revokes, and marks the certificate's list as out of date. One that is revoked by then is
    /// <see cref="RevocationConflict.Changed"/>.
    /// </summary>
    /// <param name="shard">The list that holds it; null when its authority publishes none.</param>
    IReadOnlyList<Statement> Revoke(
        CertificateRecord certificate,
        RevocationReason reason,
        int? shard,
        DateTimeOffset at
    );

    /// <summary>Makes the reason keyCompromise, and marks the list as out of date; once, else as above.</summary>
    IReadOnlyList<Statement> Worsen(CertificateRecord certificate, int? shard);

    /// <summary>
    /// Serial numbers of revoked, unexpired certificates that agents or edges hold; not those that rotation jobs were
    /// given, which no feed tells of.
    /// </summary>
    ValueTask<IReadOnlyList<RevokedSerial>> ListUnexpiredAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// What OCSP answers of a serial number: null when the authority never issued it, otherwise since when and why it is
    /// revoked, if it is.
    /// </summary>
    /// <param name="caId">Null for the platform CA.</param>
    /// <param name="serial">Lower-case hex.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<CertificateStanding?> FindStandingAsync(string? caId, string serial, CancellationToken cancellationToken);

    /// <summary>How the lists of an authority are divided; null = it has none.</summary>
    ValueTask<RevocationPoint?> FindPointAsync(string caId, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<RevocationPoint>> ListPointsAsync(CancellationToken cancellationToken);

    /// <summary>The point of a new authority with its empty, unsigned lists. Does nothing when it exists.</summary>
    IReadOnlyList<Statement> InsertPoint(RevocationPoint point);

    /// <summary>
    /// Lists that are out of date, or end before <paramref name="endingBefore"/> and before their authority does;
    /// without their bytes. None of an authority that publishes no more, or has ended by <paramref name="now"/>.
    /// </summary>
    ValueTask<IReadOnlyList<StoredRevocationList>> ListDueAsync(
        DateTimeOffset now,
        DateTimeOffset endingBefore,
        CancellationToken cancellationToken
    );

    /// <summary>A list with its bytes; null = there is no such list.</summary>
    ValueTask<StoredRevocationList?> FindListAsync(string caId, int shard, CancellationToken cancellationToken);

    /// <summary>The same without its bytes, which are not read.</summary>
    ValueTask<StoredRevocationList?> FindHeadAsync(string caId, int shard, CancellationToken cancellationToken);

    /// <summary>What is revoked of a shard and has not ended before <paramref name="endedAfter"/>, by serial number.</summary>
    ValueTask<IReadOnlyList<RevokedEntry>> ListEntriesAsync(
        string caId,
        int shard,
        DateTimeOffset endedAfter,
        CancellationToken cancellationToken
    );

    /// <summary>Last seconds of those of these serial numbers that the inventory has.</summary>
    ValueTask<IReadOnlyDictionary<string, DateTimeOffset>> EndsAsync(
        IReadOnlyList<string> serials,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Puts a list in the place of the one of that number, else <see cref="RevocationConflict.Published"/>.
    /// </summary>
    /// <param name="list">The new one.</param>
    /// <param name="replaced">Number of the present one.</param>
    Statement Publish(StoredRevocationList list, long replaced);
}
