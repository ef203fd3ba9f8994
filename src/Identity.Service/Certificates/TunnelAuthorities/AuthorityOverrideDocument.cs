namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record AuthorityOverrideDocument
{
    public required IReadOnlyList<string> Missing { get; init; }

    public required string Reason { get; init; }

    public required string By { get; init; }

    public required DateTime At { get; init; }
}
