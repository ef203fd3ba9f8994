using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>What the feeds of all agents have in common.</summary>
/// <param name="Edges">The edges to dial.</param>
/// <param name="PlatformBundle">Whom machines trust.</param>
/// <param name="Revoked">What is refused; of it, an agent gets the edges' and its own tunnel's.</param>
/// <param name="AuditCheckpoint">The newest one; null = there is none yet.</param>
internal sealed record InstallationFeed(
    IReadOnlyList<AgentFeedEdge> Edges,
    BundleDocument PlatformBundle,
    RevokedMachines Revoked,
    string? AuditCheckpoint
);
