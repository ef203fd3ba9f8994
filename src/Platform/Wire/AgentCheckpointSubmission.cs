using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/checkpoints</c>: how far the agent's call record reaches.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentCheckpointSubmission
{
    /// <summary>A compact JWS of type <c>culvert-call-checkpoint+jws</c>.</summary>
    public required string Checkpoint { get; init; }
}
