using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.ServiceCertificates;

[JsonSerializable(typeof(KeptCertificate))]
internal sealed partial class KeptCertificateJson : JsonSerializerContext;
