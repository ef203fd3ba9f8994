using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Partial: absent members are unchanged; lists and <c>jwks</c> are replaced as a whole.</summary>
internal sealed record UpdateIssuerRequest : IssuerSettings
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("issuer_url")]
    public string? IssuerUrl { get; init; }

    /// <summary>Only <c>false</c>: a caller can resume polling, but not stop it.</summary>
    [JsonPropertyName("jwks_polling_disabled")]
    public bool? JwksPollingDisabled { get; init; }
}
