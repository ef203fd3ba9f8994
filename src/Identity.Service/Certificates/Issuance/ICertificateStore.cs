using Culvert.Ca.Keys;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>The inventory. Rows are added as intents and never deleted.</summary>
internal interface ICertificateStore
{
    /// <summary>
    /// A condition of the decision that inserts: a key that is taken (<see cref="KeyUse"/>) is the conflict
    /// <see cref="IssuanceConflict.KeyTaken"/>.
    /// </summary>
    Statement RequireFreeKey(CertificateRecord record, SubjectPublicKey key);

    /// <summary>
    /// A new row. A serial number or idempotency key that exists is the conflict <see cref="IssuanceConflict.NotUnique"/>.
    /// </summary>
    Statement InsertIntent(CertificateRecord record, SubjectPublicKey key);

    /// <summary>Frees the idempotency key that a row holds.</summary>
    Statement ReleaseRequest(CertificateId id);

    /// <summary>The row that holds an idempotency key; null when none does.</summary>
    ValueTask<StoredCertificate?> FindByRequestAsync(string idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Why <see cref="RequireFreeKey"/> refused a key on a tunnel; null = on none.</summary>
    ValueTask<KeyUse> FindKeyUseAsync(SubjectPublicKey key, string? tunnelId, CancellationToken cancellationToken);

    /// <summary>Turns an intent into an issued certificate; anything but an intent is <see cref="IssuanceConflict.NotIntended"/>.</summary>
    Statement Complete(CertificateId id, string fingerprint, ReadOnlyMemory<byte> certificate);

    /// <summary>
    /// Turns an intent into a void one, which holds neither idempotency key nor public key; anything but an intent is <see cref="IssuanceConflict.NotIntended"/>.
    /// </summary>
    Statement Void(CertificateId id);

    /// <summary>Intents whose serial number begins with the node's prefix, oldest first.</summary>
    ValueTask<IReadOnlyList<CertificateRecord>> ListIntentsAsync(
        string serialPrefix,
        CancellationToken cancellationToken
    );

    /// <summary>Intents of any node that are older than that, oldest first, at most 1,000.</summary>
    ValueTask<IReadOnlyList<CertificateRecord>> ListIntentsAsync(
        DateTimeOffset before,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The last second of the longest-lived leaf of an authority, intents included; null when it never issued. Past =
    /// nothing that it signed is valid any more.
    /// </summary>
    ValueTask<DateTimeOffset?> LastNotAfterAsync(string authorityId, CancellationToken cancellationToken);

    /// <summary>Newest first; at most <paramref name="count"/> rows below <paramref name="before"/>.</summary>
    ValueTask<IReadOnlyList<CertificateRecord>> ListAsync(
        CertificateFilter filter,
        long before,
        int count,
        CancellationToken cancellationToken
    );
}
