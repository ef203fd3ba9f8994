using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.PersonConnections;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(ConnectRequest))]
[JsonSerializable(typeof(ConnectState))]
internal sealed partial class PersonConnectionsJson : JsonSerializerContext;
