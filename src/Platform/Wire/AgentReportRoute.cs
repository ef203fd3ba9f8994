using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A route and whether its upstream answers.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportRoute
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("hostname")]
    public required string Hostname { get; init; }

    /// <summary>Null while unknown or not probed.</summary>
    [JsonPropertyName("upstream_healthy")]
    public required bool? UpstreamHealthy { get; init; }

    /// <summary>Why it is unhealthy, for a person; empty when it is healthy.</summary>
    [JsonPropertyName("detail")]
    public required string Detail { get; init; }

    /// <summary><c>required</c>, <c>passthrough</c> or <c>dangerous_none</c>. Null from older agents.</summary>
    [JsonPropertyName("oauth")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Oauth { get; init; }

    /// <summary>Null when the tunnel's own authority certifies the route.</summary>
    [JsonPropertyName("public")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentReportPublic? Public { get; init; }

    /// <summary>Identifies the policy; <c>off</c>: none applies. Null from older agents.</summary>
    [JsonPropertyName("policy")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Policy { get; init; }

    /// <summary>The service's policy in force; null when none was received, or when the file contains the policy.</summary>
    [JsonPropertyName("service_policy")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentReportPolicy? ServicePolicy { get; init; }

    /// <summary>Differences from the approved definitions; null when there are none, or when nothing is compared.</summary>
    [JsonPropertyName("drifts")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentReportDrift>? Drifts { get; init; }
}
