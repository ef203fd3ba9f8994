using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record AllowedTargetDocument
{
    [JsonPropertyName("cidr")]
    public required string Cidr { get; init; }

    [JsonPropertyName("port")]
    public required int Port { get; init; }
}
