using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record CreateIssuerRequest : IssuerSettings
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("issuer_url")]
    public required string IssuerUrl { get; init; }
}
