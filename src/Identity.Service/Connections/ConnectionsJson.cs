using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Connections;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(CreateConnectionRequest))]
[JsonSerializable(typeof(UpdateConnectionRequest))]
[JsonSerializable(typeof(ConnectionDocument))]
[JsonSerializable(typeof(Page<ConnectionDocument>))]
[JsonSerializable(typeof(ConnectionGrantDocument))]
[JsonSerializable(typeof(Page<ConnectionGrantDocument>))]
[JsonSerializable(typeof(SealedGrant))]
internal sealed partial class ConnectionsJson : JsonSerializerContext;
