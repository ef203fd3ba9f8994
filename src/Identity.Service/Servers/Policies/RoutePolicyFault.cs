using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>An agent cannot use a version, and what it had before stays in force there.</summary>
internal sealed record RoutePolicyFault
{
    [JsonPropertyName("instance_id")]
    public required string InstanceId { get; init; }

    /// <summary>As the agent says it.</summary>
    [JsonPropertyName("problem")]
    public required string Problem { get; init; }

    [JsonPropertyName("reported_at")]
    public required DateTime ReportedAt { get; init; }
}
