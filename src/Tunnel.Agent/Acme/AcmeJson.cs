using System.Text.Json.Serialization;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Serialisers of the files in the state directory.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(StoredAccount))]
[JsonSerializable(typeof(IReadOnlyList<StoredName>))]
internal sealed partial class AcmeJson : JsonSerializerContext;
