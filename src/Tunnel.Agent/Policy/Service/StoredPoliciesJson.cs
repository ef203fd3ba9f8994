using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Policy.Service;

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(Dictionary<string, AgentFeedPolicy>))]
internal sealed partial class StoredPoliciesJson : JsonSerializerContext;
