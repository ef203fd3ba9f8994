using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Tunnels.Assignment;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>What the feeds of all agents have in common.</summary>
/// <param name="Edges">All edges.</param>
/// <param name="Assignments">Which of them the agents of a tunnel dial.</param>
/// <param name="PlatformBundle">Whom machines trust.</param>
/// <param name="Revoked">What is refused; of it, an agent gets the edges' and its own tunnel's.</param>
/// <param name="AuditCheckpoint">The newest one; null = there is none yet.</param>
internal sealed record InstallationFeed(
    IReadOnlyList<AgentFeedEdge> Edges,
    AssignmentState Assignments,
    BundleDocument PlatformBundle,
    RevokedMachines Revoked,
    string? AuditCheckpoint
);
