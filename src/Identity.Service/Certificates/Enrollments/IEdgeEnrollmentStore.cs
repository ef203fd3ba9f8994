using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Enrolments of edges: one row per edge that ever enrolled.</summary>
internal interface IEdgeEnrollmentStore
{
    ValueTask<EdgeEnrollmentState?> FindAsync(EdgeId id, CancellationToken cancellationToken);

    /// <summary>Those whose newest certificate has not ended.</summary>
    ValueTask<IReadOnlyList<EdgeEnrollmentState>> ListUnexpiredAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>Serials of those edges' certificates that have not ended.</summary>
    ValueTask<IReadOnlyList<string>> ListSerialsAsync(
        IReadOnlyList<string> edgeIds,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>Unexpired serials that were issued before their edge's enrolment was revoked.</summary>
    ValueTask<IReadOnlyList<string>> ListRevokedSerialsAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>A proof, the first one or a further one.</summary>
    Statement Prove(EdgeEnrollmentState enrollment);

    /// <summary>A certificate was issued.</summary>
    Statement Certified(EdgeId id, string serial, DateTimeOffset notAfter);
}
