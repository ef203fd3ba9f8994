namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>What a live rule lets enrol: the tunnels of agents (S3) and the edges (S6).</summary>
internal sealed record RuleValidity(IReadOnlyList<string> TunnelIds, IReadOnlyList<string> EdgeIds);
