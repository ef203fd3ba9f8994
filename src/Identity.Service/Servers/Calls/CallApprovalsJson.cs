using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Servers.Calls;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(CallDecisionRequest))]
[JsonSerializable(typeof(CallDecisionDocument))]
[JsonSerializable(typeof(CallApprovalDocument))]
[JsonSerializable(typeof(Page<CallApprovalDocument>))]
internal sealed partial class CallApprovalsJson : JsonSerializerContext;
