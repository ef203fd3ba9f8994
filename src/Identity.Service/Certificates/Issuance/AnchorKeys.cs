using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>The keys of registered certificates; the service issues no leaf for them.</summary>
internal sealed class AnchorKeys(AnchorKeyStore store, IJournal journal)
{
    /// <summary>Fills in rows from before the key column.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        foreach (var (id, pem) in await store.ListWithoutKeyAsync(cancellationToken))
        {
            var result = await journal.CommitAsync(
                new Decision { Statements = [store.SetKey(id, RegisteredCertificate.HashKey(pem))] },
                cancellationToken
            );
            if (result.RefusalUnlessCommitted() is { } refusal)
            {
                throw new StoreException(refusal.Message);
            }
        }
    }
}
