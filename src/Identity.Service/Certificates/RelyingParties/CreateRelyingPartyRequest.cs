namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal sealed record CreateRelyingPartyRequest
{
    public required string Name { get; init; }

    public string? ServiceAccountId { get; init; }
}
