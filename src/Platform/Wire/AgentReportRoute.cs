using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A route and whether its upstream answers.</summary>
/// <param name="UpstreamHealthy">Null while unknown or not probed.</param>
/// <param name="Detail">Why it is unhealthy, for a person; empty when it is healthy.</param>
/// <param name="Oauth"><c>required</c>, <c>passthrough</c> or <c>dangerous_none</c>. Null from older agents.</param>
/// <param name="Public">Null when the tunnel's own authority certifies the route.</param>
/// <param name="Policy">Identifies the policy; <c>off</c>: none applies. Null from older agents.</param>
/// <param name="ServicePolicy">
/// The service's policy in force; null when none was received, or when the file contains the policy.
/// </param>
/// <param name="Drifts">
/// Differences from the approved definitions; null when there are none, or when nothing is compared.
/// </param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportRoute(
    string Name,
    string Hostname,
    bool? UpstreamHealthy,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Oauth = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AgentReportPublic? Public = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Policy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AgentReportPolicy? ServicePolicy = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<AgentReportDrift>? Drifts = null
);
