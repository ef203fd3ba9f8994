namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record AuthorityOverrideDocument(IReadOnlyList<string> Missing, string Reason, string By, DateTime At);
