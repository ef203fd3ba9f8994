using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Checkpoints;
using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Stored;

/// <summary>Serialisers of what lies in the state directory.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)],
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(AccessToken))]
[JsonSerializable(typeof(KeptCheckpoint))]
[JsonSerializable(typeof(StoredIdentity))]
[JsonSerializable(typeof(StoredServerCertificate))]
[JsonSerializable(typeof(StoredFeed<AgentFeed>))]
[JsonSerializable(typeof(StoredFeed<EdgeFeed>))]
internal sealed partial class StateJson : JsonSerializerContext;
