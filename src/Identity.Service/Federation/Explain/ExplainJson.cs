using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Explain;

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
