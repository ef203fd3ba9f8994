using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>An agent cannot use a version; its previous policy stays in force there.</summary>
internal sealed record RoutePolicyFault
{
    [JsonPropertyName("instance_id")]
    public required string InstanceId { get; init; }

    /// <summary>The problem that the agent reported.</summary>
    [JsonPropertyName("problem")]
    public required string Problem { get; init; }

    [JsonPropertyName("reported_at")]
    public required DateTime ReportedAt { get; init; }
}
