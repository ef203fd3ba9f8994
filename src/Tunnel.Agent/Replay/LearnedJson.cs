using System.Text.Json.Serialization;

namespace Culvert.Tunnel.Agent.Replay;

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower
)]
[JsonSerializable(typeof(string))]
internal sealed partial class LearnedJson : JsonSerializerContext;
