using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.OAuthClients;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(CreateOAuthClientRequest))]
[JsonSerializable(typeof(UpdateOAuthClientRequest))]
[JsonSerializable(typeof(OAuthClientDocument))]
[JsonSerializable(typeof(Page<OAuthClientDocument>))]
internal sealed partial class OAuthClientsJson : JsonSerializerContext;
