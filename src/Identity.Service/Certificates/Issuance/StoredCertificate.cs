using Culvert.Ca.Certificates;

namespace Culvert.Identity.Service.Certificates.Issuance;

internal sealed record StoredCertificate(CertificateRecord Record, ParsedCertificate? Certificate);
