using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Tunnels.Assignment;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>The common part of all agents' feeds.</summary>
/// <param name="Assignments">The edges that the agents of each tunnel dial.</param>
/// <param name="PlatformBundle">The anchors that machines trust.</param>
/// <param name="Revoked">Revoked machines; an agent receives only those of edges and of its own tunnel.</param>
/// <param name="AuditCheckpoint">The latest one; null = there is none yet.</param>
internal sealed record InstallationFeed(
    IReadOnlyList<AgentFeedEdge> Edges,
    AssignmentState Assignments,
    BundleDocument PlatformBundle,
    RevokedMachines Revoked,
    string? AuditCheckpoint
);
