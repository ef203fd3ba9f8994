using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Signals;

/// <summary>Members of an answer that RFC 8936 does not define are ignored.</summary>
[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(SignalPollRequest))]
[JsonSerializable(typeof(SignalPollAnswer))]
internal sealed partial class SignalPollJson : JsonSerializerContext;
