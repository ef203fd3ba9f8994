namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>What a live rule lets enrol.</summary>
/// <param name="TunnelIds">Tunnels that agents may enrol for (S3).</param>
/// <param name="EdgeIds">Edges that may enrol (S6).</param>
internal sealed record RuleStanding(IReadOnlyList<string> TunnelIds, IReadOnlyList<string> EdgeIds);
