using System.Text.Json.Serialization;

namespace Culvert.Tunnel.Agent.Replay;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(string))]
internal sealed partial class LearnedJson : JsonSerializerContext;
