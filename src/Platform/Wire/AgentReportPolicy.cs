using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>How an agent applied the service's policy of a route.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportPolicy
{
    /// <summary>The version in force: <c>pol_…</c>; null: none, and every call is refused.</summary>
    public required string? InForce { get; init; }

    /// <summary>The received version that the agent cannot use; null: none.</summary>
    public required string? Refused { get; init; }

    /// <summary>Why the version is refused; empty when none is.</summary>
    public required string Problem { get; init; }
}
