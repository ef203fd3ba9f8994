using Culvert.Ca.Certificates;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>A row of the inventory with its certificate.</summary>
/// <param name="Record">The row.</param>
/// <param name="Certificate">Null until issued.</param>
internal sealed record StoredCertificate(CertificateRecord Record, ParsedCertificate? Certificate);
