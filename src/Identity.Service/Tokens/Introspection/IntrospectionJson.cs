using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tokens.Introspection;

/// <summary>A claim that the token does not have is absent.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(IntrospectionDocument))]
internal sealed partial class IntrospectionJson : JsonSerializerContext;
