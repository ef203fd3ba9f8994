using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Transparency.Checkpoints;

namespace Culvert.Identity.Service.Transparency;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(TransparencyLogDocument))]
[JsonSerializable(typeof(InclusionProofDocument))]
[JsonSerializable(typeof(ConsistencyProofDocument))]
[JsonSerializable(typeof(Page<AgentCheckpointDocument>))]
internal sealed partial class TransparencyJson : JsonSerializerContext;
