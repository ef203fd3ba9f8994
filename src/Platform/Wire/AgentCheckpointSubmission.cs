using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/checkpoints</c>: how far the agent's call record reaches.</summary>
/// <param name="Checkpoint">A compact JWS of type <c>culvert-call-checkpoint+jws</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentCheckpointSubmission(string Checkpoint);
