using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Nodes;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(VersionListDocument))]
internal sealed partial class NodesJson : JsonSerializerContext;
