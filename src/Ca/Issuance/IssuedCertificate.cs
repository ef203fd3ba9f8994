using Culvert.Ca.Certificates;
using Culvert.Ca.Orders;

namespace Culvert.Ca.Issuance;

/// <summary>A signed certificate that equals its linted twin.</summary>
public sealed record IssuedCertificate(ParsedCertificate Certificate, SerialNumber Serial, ValidityWindow Validity);
