using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Keeps the last good key set of each issuer, so that a restart during an outage of the identity provider works.
/// Sealed: a row that another party wrote is rejected.
/// </summary>
internal interface IIssuerKeyStore
{
    /// <summary>By issuer. Rows that do not open are left out, loudly.</summary>
    ValueTask<IReadOnlyDictionary<string, StoredKeySet>> AllAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Records a set. With a <paramref name="change"/>, that event is committed with it, unless another node has
    /// recorded the same set already.
    /// </summary>
    Task SaveAsync(IssuerId issuer, StoredKeySet set, AuditEvent? change, CancellationToken cancellationToken);

    /// <summary>Records only what changes while a set stays: when it was confirmed, and which keys were proved.</summary>
    Task TouchAsync(IssuerId issuer, StoredKeySet set, CancellationToken cancellationToken);
}
