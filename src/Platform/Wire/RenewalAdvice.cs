using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Answer to <c>GET /v1/certificates/renewal</c>, in the form of RFC 9773 §4.1 where that fits.</summary>
public sealed record RenewalAdvice
{
    public const string TypeName = "renewal_advice";

    [JsonPropertyName("type")]
    public string Type { get; init; } = TypeName;

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    /// <summary>When to renew the certificate in question, if earlier than its own window; else null.</summary>
    [JsonPropertyName("suggested_window")]
    public SuggestedWindow? SuggestedWindow { get; init; }

    /// <summary>A page with the reason, for operators; null without a window.</summary>
    [JsonPropertyName("explanation_url")]
    public string? ExplanationUrl { get; init; }

    /// <summary>It was revoked: it is worth nothing any more.</summary>
    [JsonPropertyName("revoked")]
    public bool IsRevoked { get; init; }

    /// <summary>The current trust anchors of the tunnel's clients.</summary>
    [JsonPropertyName("trust_bundle")]
    public required BundleDocument TrustBundle { get; init; }
}
