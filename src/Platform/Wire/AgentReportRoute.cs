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

    /// <summary>Why it is unhealthy, for a person; empty when it is not.</summary>
    [JsonPropertyName("detail")]
    public required string Detail { get; init; }

    /// <summary>
    /// Who checks its callers: <c>required</c>, <c>passthrough</c> or <c>dangerous_none</c>. Null from agents that do
    /// not say.
    /// </summary>
    [JsonPropertyName("oauth")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Oauth { get; init; }

    /// <summary>Null where the tunnel's own authority certifies it.</summary>
    [JsonPropertyName("public")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentReportPublic? Public { get; init; }

    /// <summary>
    /// Says which policy decides: two that differ in anything have different ones; <c>off</c>: none decides. Null from
    /// agents that do not say.
    /// </summary>
    [JsonPropertyName("policy")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Policy { get; init; }

    /// <summary>Which policy of the service is in force; null where none was received, or the file has the policy.</summary>
    [JsonPropertyName("service_policy")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentReportPolicy? ServicePolicy { get; init; }

    /// <summary>What differs from what was approved; null where nothing does, or nothing is compared.</summary>
    [JsonPropertyName("drifts")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentReportDrift>? Drifts { get; init; }
}
