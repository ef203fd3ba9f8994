using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(PlatformRootsDocument))]
[JsonSerializable(typeof(ActivateRootRequest))]
internal sealed partial class PlatformRootsJson : JsonSerializerContext;
