using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Federation.Simulation;

namespace Culvert.Identity.Service.Federation;

/// <summary>Members without a value are absent, except those that are always written.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(ExplanationDocument))]
[JsonSerializable(typeof(SimulationDocument))]
internal sealed partial class ExplainJson : JsonSerializerContext;
