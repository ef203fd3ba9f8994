using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Checkpoints;

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)],
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(StoredCheckpoint))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
