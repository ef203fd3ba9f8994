using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.People;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(OffBoardPersonRequest))]
[JsonSerializable(typeof(OffBoardingDocument))]
[JsonSerializable(typeof(Page<OffBoardedPersonDocument>))]
internal sealed partial class PeopleJson : JsonSerializerContext;
