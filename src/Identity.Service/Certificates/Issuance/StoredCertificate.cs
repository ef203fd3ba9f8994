using Culvert.Ca.Certificates;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>A row of the inventory with its certificate.</summary>
internal sealed record StoredCertificate(CertificateRecord Record, ParsedCertificate? Certificate);
