using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Http;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(ReasonRequest))]
internal sealed partial class ReasonJson : JsonSerializerContext;
