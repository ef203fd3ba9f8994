using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>The keys of registered certificates, by which a leaf for one of them is refused.</summary>
internal sealed class AnchorKeys(IAnchorKeyStore store, IJournal journal)
{
    /// <summary>Lower-case hex SHA-256 of the certificate's SubjectPublicKeyInfo.</summary>
    public static string HashOf(string certificatePem)
    {
        using var certificate = X509Certificate2.CreateFromPem(certificatePem);
        return Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>Fills in rows from before the column; afterwards there are none.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        foreach (var (id, pem) in await store.ListWithoutKeyAsync(cancellationToken))
        {
            var result = await journal.CommitAsync(
                new Decision { Statements = [store.SetKey(id, HashOf(pem))] },
                cancellationToken
            );
            if (result.RefusalIfUnavailable() is { } refusal)
            {
                throw new StoreException(refusal.Message);
            }
        }
    }
}
