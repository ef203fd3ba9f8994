using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens.Assertions;
using Culvert.Identity.Service.Tokens.Issued;
using Culvert.Identity.Service.Tokens.Metadata;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;

namespace Culvert.Identity.Service.Tokens;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(AuthorizationServerDocument))]
[JsonSerializable(typeof(ProtectedResourceDocument))]
[JsonSerializable(typeof(TransmitterDocument))]
[JsonSerializable(typeof(UpstreamIssuerDocument))]
[JsonSerializable(typeof(CreateRevocationRequest))]
[JsonSerializable(typeof(Page<IssuedTokenDocument>))]
[JsonSerializable(typeof(RevocationDocument))]
[JsonSerializable(typeof(Page<RevocationDocument>))]
[JsonSerializable(typeof(RotateSigningKeyRequest))]
[JsonSerializable(typeof(SigningKeyDocument))]
[JsonSerializable(typeof(Page<SigningKeyDocument>))]
internal sealed partial class TokensJson : JsonSerializerContext;
