using System.Text.Json.Serialization;
using Culvert.Identity.Service.Certificates.RelyingParties;

namespace Culvert.Identity.Service.Certificates.Bundles;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(AcknowledgementRequest))]
[JsonSerializable(typeof(AcknowledgementDocument))]
[JsonSerializable(typeof(CreateRelyingPartyRequest))]
[JsonSerializable(typeof(RelyingPartyDocument))]
[JsonSerializable(typeof(RelyingPartyListDocument))]
internal sealed partial class BundlesJson : JsonSerializerContext;
