using Culvert.Ca.Certificates;
using Culvert.Ca.Orders;

namespace Culvert.Ca.Issuance;

/// <summary>A signed certificate that equals its linted twin.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Serial">Its serial number.</param>
/// <param name="Validity">Its period and renewal window.</param>
public sealed record IssuedCertificate(ParsedCertificate Certificate, SerialNumber Serial, ValidityWindow Validity);
