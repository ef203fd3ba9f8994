using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Keeps the last good key set of each issuer, so that a restart during an outage of the identity provider works.
/// </summary>
internal interface IIssuerKeyStore
{
    ValueTask<IReadOnlyList<StoredKeySet>> AllAsync(CancellationToken cancellationToken);

    /// <summary>Records a set in the background: nothing waits for it, and losing it costs one fetch.</summary>
    void Save(IssuerId issuer, string source, ReadOnlyMemory<byte> keySet, DateTimeOffset fetchedAt);
}
