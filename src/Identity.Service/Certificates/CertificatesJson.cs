using System.Text.Json.Serialization;
using Culvert.Identity.Service.Certificates.Inventory;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(CreateAuthorityRequest))]
[JsonSerializable(typeof(UploadChainRequest))]
[JsonSerializable(typeof(ApproveAuthorityRequest))]
[JsonSerializable(typeof(AuthorityCommandRequest))]
[JsonSerializable(typeof(OverrideAuthorityRequest))]
[JsonSerializable(typeof(ImportKeyRequest))]
[JsonSerializable(typeof(AuthorityDocument))]
[JsonSerializable(typeof(Page<AuthorityDocument>))]
[JsonSerializable(typeof(AuthorityCsrDocument))]
[JsonSerializable(typeof(IReadOnlyList<AuthorityFinding>))]
[JsonSerializable(typeof(Page<CertificateItemDocument>))]
[JsonSerializable(typeof(ForecastDocument))]
[JsonSerializable(typeof(RevokeRequest))]
[JsonSerializable(typeof(RevocationDocument))]
[JsonSerializable(typeof(ImportListRequest))]
[JsonSerializable(typeof(ImportedListDocument))]
internal sealed partial class CertificatesJson : JsonSerializerContext;
