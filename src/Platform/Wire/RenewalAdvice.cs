using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// Answer to <c>GET /v1/certificates/renewal</c>: what a rotation job must know between two certificates, shaped as RFC
/// 9773 §4.1 where that has a shape for it.
/// </summary>
public sealed record RenewalAdvice
{
    public const string TypeName = "renewal_advice";

    [JsonPropertyName("type")]
    public string Type { get; init; } = TypeName;

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    /// <summary>When the certificate that was asked about is to be renewed, if earlier than it says itself; else null.</summary>
    [JsonPropertyName("suggested_window")]
    public SuggestedWindow? SuggestedWindow { get; init; }

    /// <summary>Where operators find out why; null without a window.</summary>
    [JsonPropertyName("explanation_url")]
    public string? ExplanationUrl { get; init; }

    /// <summary>It was revoked: it is worth nothing any more.</summary>
    [JsonPropertyName("revoked")]
    public bool IsRevoked { get; init; }

    /// <summary>What clients of the tunnel trust now.</summary>
    [JsonPropertyName("trust_bundle")]
    public required BundleDocument TrustBundle { get; init; }
}
