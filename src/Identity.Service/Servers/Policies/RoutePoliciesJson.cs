using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Servers.Policies;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(RoutePolicyDocument))]
[JsonSerializable(typeof(DraftRoutePolicyRequest))]
[JsonSerializable(typeof(ApproveRoutePolicyRequest))]
[JsonSerializable(typeof(RollBackPolicyRequest))]
[JsonSerializable(typeof(Page<RoutePolicyDocument>))]
internal sealed partial class RoutePoliciesJson : JsonSerializerContext;
