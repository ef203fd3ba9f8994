using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal sealed record AddClientAuthorityRequest
{
    [JsonPropertyName("ca_certificate_pem")]
    public required string CaCertificatePem { get; init; }

    /// <summary>Patterns of the clients' names; without any, every certificate of the CA would be accepted.</summary>
    [JsonPropertyName("identities")]
    public required IReadOnlyList<string?> Identities { get; init; }
}
