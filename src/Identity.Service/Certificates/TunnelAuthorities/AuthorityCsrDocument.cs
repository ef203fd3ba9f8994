namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record AuthorityCsrDocument
{
    public required string Id { get; init; }

    public required string CsrPem { get; init; }
}
