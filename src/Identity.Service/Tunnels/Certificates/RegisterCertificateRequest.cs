namespace Culvert.Identity.Service.Tunnels.Certificates;

internal sealed record RegisterCertificateRequest(string CaCertificatePem);
