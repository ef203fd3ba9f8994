namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>An address that a name had, and what was decided on it.</summary>
internal sealed record VerifiedAddressDocument
{
    public required string Address { get; init; }

    public required bool Permitted { get; init; }

    public required string? ErrorCode { get; init; }
}
