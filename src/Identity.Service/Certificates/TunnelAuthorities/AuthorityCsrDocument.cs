namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record AuthorityCsrDocument(string Id, string CsrPem);
