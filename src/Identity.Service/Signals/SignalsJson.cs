using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Signals;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(SetSignalStreamRequest))]
[JsonSerializable(typeof(SignalStreamDocument))]
[JsonSerializable(typeof(SignalStreamRemovedDocument))]
internal sealed partial class SignalsJson : JsonSerializerContext;
