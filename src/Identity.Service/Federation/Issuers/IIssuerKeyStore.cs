using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Stores the last usable key set of each issuer, so that a restart works during an outage of the identity provider.
/// Sealed: a row that another party wrote is rejected.
/// </summary>
internal interface IIssuerKeyStore
{
    /// <summary>By issuer. Rows that cannot be unsealed are logged and omitted.</summary>
    ValueTask<IReadOnlyDictionary<string, StoredKeySet>> AllAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores a set. A <paramref name="change"/> is committed with it, unless another node has already stored the same
    /// set.
    /// </summary>
    Task SaveAsync(IssuerId issuer, StoredKeySet set, AuditEvent? change, CancellationToken cancellationToken);

    /// <summary>Stores only what changes while a set stays: when it was confirmed, and which keys are proven.</summary>
    Task TouchAsync(IssuerId issuer, StoredKeySet set, CancellationToken cancellationToken);
}
