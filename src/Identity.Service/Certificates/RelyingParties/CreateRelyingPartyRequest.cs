using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal sealed record CreateRelyingPartyRequest
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("service_account_id")]
    public string? ServiceAccountId { get; init; }
}
