using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Stored;

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)],
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(StoredIdentity))]
[JsonSerializable(typeof(StoredServerCertificate))]
[JsonSerializable(typeof(StoredFeed<AgentFeed>))]
[JsonSerializable(typeof(StoredFeed<EdgeFeed>))]
internal sealed partial class StateJson : JsonSerializerContext;
