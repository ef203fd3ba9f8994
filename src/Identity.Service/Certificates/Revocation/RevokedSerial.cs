using Culvert.Identity.Service.Certificates.Issuance;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <param name="Serial">Lower-case hex.</param>
/// <param name="TunnelId">Null for edges.</param>
internal sealed record RevokedSerial(string Serial, CertificateKind Kind, string? TunnelId);
