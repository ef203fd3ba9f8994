using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Scim;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(ScimSettingsDocument))]
[JsonSerializable(typeof(UpdateScimSettingsRequest))]
internal sealed partial class ScimJson : JsonSerializerContext;
