using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Authorization;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(OrganizationServerDocument))]
[JsonSerializable(typeof(ConsentRequest))]
[JsonSerializable(typeof(CodeContent))]
[JsonSerializable(typeof(GrantPerson))]
[JsonSerializable(typeof(PersonTokenDocument))]
[JsonSerializable(typeof(ClientRegistrationDocument))]
internal sealed partial class AuthorizationJson : JsonSerializerContext;
