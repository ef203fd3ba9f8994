using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(Preset))]
[JsonSerializable(typeof(PresetListDocument))]
internal sealed partial class PresetJson : JsonSerializerContext;
