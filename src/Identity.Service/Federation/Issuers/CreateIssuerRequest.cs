namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record CreateIssuerRequest : IssuerSettings
{
    public required string Name { get; init; }

    public required string IssuerUrl { get; init; }
}
