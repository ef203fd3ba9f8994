using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A route and whether its upstream answers.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportRoute
{
    public required string Name { get; init; }

    public required string Hostname { get; init; }

    /// <summary>Null while unknown or not probed.</summary>
    public required bool? UpstreamHealthy { get; init; }

    /// <summary>Why it is unhealthy, for a person; empty when it is healthy.</summary>
    public required string Detail { get; init; }

    /// <summary><c>required</c>, <c>passthrough</c> or <c>dangerous_none</c>. Null from older agents.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Oauth { get; init; }

    /// <summary>Null when the tunnel's own authority certifies the route.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentReportPublic? Public { get; init; }

    /// <summary>Identifies the policy; <c>off</c>: none applies. Null from older agents.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Policy { get; init; }

    /// <summary>The service's policy in force; null when none was received, or when the file contains the policy.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentReportPolicy? ServicePolicy { get; init; }

    /// <summary>Differences from the approved definitions; null when there are none, or when nothing is compared.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentReportDrift>? Drifts { get; init; }
}
