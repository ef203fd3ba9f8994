using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(AcknowledgementRequest))]
[JsonSerializable(typeof(AcknowledgementDocument))]
[JsonSerializable(typeof(CreateRelyingPartyRequest))]
[JsonSerializable(typeof(RelyingPartyDocument))]
[JsonSerializable(typeof(Page<RelyingPartyDocument>))]
internal sealed partial class RelyingPartiesJson : JsonSerializerContext;
