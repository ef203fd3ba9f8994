using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>An address that a name had, and what was decided on it.</summary>
internal sealed record VerifiedAddressDocument
{
    [JsonPropertyName("address")]
    public required string Address { get; init; }

    [JsonPropertyName("permitted")]
    public required bool Permitted { get; init; }

    [JsonPropertyName("error_code")]
    public required string? ErrorCode { get; init; }
}
