using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Checkpoints;

/// <summary>Serialiser of the audit checkpoints in the state directory.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)],
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(KeptCheckpoint))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
