using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/enrollments</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentEnrollmentRequest : EnrollmentRequest
{
    public required string TunnelId { get; init; }

    /// <summary><c>^[a-z0-9][a-z0-9-]{0,62}$</c>; unique among the agents of the tunnel.</summary>
    public required string InstanceId { get; init; }
}
