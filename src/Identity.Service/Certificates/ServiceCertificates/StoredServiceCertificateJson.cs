using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(StoredServiceCertificate))]
internal sealed partial class StoredServiceCertificateJson : JsonSerializerContext;
