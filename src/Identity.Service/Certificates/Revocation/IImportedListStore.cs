using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>The newest imported list of each trust-only certificate.</summary>
internal interface IImportedListStore
{
    ValueTask<ImportedRevocationList?> FindAsync(string registeredCertificateId, CancellationToken cancellationToken);

    /// <summary>The same without its bytes, which are not read.</summary>
    ValueTask<ImportedRevocationList?> FindHeadAsync(
        string registeredCertificateId,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Takes the place of the list of the revision below, or of none; otherwise <see cref="RevocationConflict.Published"/>.
    /// </summary>
    Statement Put(ImportedRevocationList list);
}
