using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Rotation;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(RotationRequest))]
[JsonSerializable(typeof(RotationDocument))]
internal sealed partial class RotationJson : JsonSerializerContext;
