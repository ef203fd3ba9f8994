using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>The inventory. Rows are added as intents and never deleted.</summary>
internal interface ICertificateStore
{
    /// <summary>A new row; a serial number that exists is the conflict <see cref="IssuanceConflict.SerialUsed"/>.</summary>
    Statement InsertIntent(CertificateRecord record);

    /// <summary>Turns an intent into an issued certificate; anything but an intent is <see cref="IssuanceConflict.NotIntended"/>.</summary>
    Statement Complete(CertificateId id, string fingerprint, ReadOnlyMemory<byte> certificate);

    /// <summary>Turns an intent into a void one; anything but an intent is <see cref="IssuanceConflict.NotIntended"/>.</summary>
    Statement Void(CertificateId id);

    /// <summary>Intents whose serial number begins with the node's prefix, oldest first.</summary>
    ValueTask<IReadOnlyList<CertificateRecord>> ListIntentsAsync(
        string serialPrefix,
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
