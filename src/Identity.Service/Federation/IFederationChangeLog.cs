using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation;

/// <summary>Which issuers, rules and service accounts changed since when, so that nodes read those alone again.</summary>
internal interface IFederationChangeLog
{
    /// <summary>Notes what a change is about, by its audit event's resources; committed with the change.</summary>
    IReadOnlyList<Statement> Note(AuditEvent change);

    /// <summary>The number of the last change.</summary>
    ValueTask<long> LatestAsync(CancellationToken cancellationToken);

    /// <summary>What changed after <paramref name="sequence"/>.</summary>
    ValueTask<FederationDelta> SinceAsync(long sequence, CancellationToken cancellationToken);
}
