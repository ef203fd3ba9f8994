using Culvert.Identity.Service.Certificates.Issuance;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <param name="Serial">Lower-case hex.</param>
/// <param name="Kind">What it is of.</param>
/// <param name="TunnelId">Of agents and server certificates.</param>
internal sealed record RevokedSerial(string Serial, CertificateKind Kind, string? TunnelId);
