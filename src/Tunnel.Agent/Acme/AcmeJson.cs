using System.Text.Json.Serialization;

namespace Culvert.Tunnel.Agent.Acme;

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(StoredAccount))]
[JsonSerializable(typeof(IReadOnlyList<StoredName>))]
internal sealed partial class AcmeJson : JsonSerializerContext;
