using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>How an agent applied the service's policy of a route.</summary>
/// <param name="InForce">The version in force: <c>pol_…</c>; null: none, and every call is refused.</param>
/// <param name="Refused">The received version that the agent cannot use; null: none.</param>
/// <param name="Problem">Why the version is refused; empty when none is.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportPolicy(string? InForce, string? Refused, string Problem);
