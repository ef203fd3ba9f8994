namespace Culvert.Identity.Service.Tunnels.Certificates;

internal sealed record RegisterCertificateRequest
{
    public required string CaCertificatePem { get; init; }
}
