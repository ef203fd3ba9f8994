using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tokens.Issued;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tokens.SigningKeys;

namespace Culvert.Identity.Service.Tokens;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(CreateRevocationRequest))]
[JsonSerializable(typeof(IssuedTokenListDocument))]
[JsonSerializable(typeof(RevocationDocument))]
[JsonSerializable(typeof(RevocationListDocument))]
[JsonSerializable(typeof(RotateSigningKeyRequest))]
[JsonSerializable(typeof(SigningKeyDocument))]
[JsonSerializable(typeof(SigningKeyListDocument))]
internal sealed partial class TokensJson : JsonSerializerContext;
