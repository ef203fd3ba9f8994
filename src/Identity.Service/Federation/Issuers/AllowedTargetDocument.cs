namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record AllowedTargetDocument
{
    public required string Cidr { get; init; }

    public required int Port { get; init; }
}
