using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Answer to <c>GET /v1/certificates/renewal</c>, in the form of RFC 9773 §4.1 where that fits.</summary>
public sealed record RenewalAdvice
{
    public const string TypeName = "renewal_advice";

    public string Type { get; init; } = TypeName;

    public required string TunnelId { get; init; }

    /// <summary>When to renew the certificate in question, if earlier than its own window; else null.</summary>
    public SuggestedWindow? SuggestedWindow { get; init; }

    /// <summary>A page with the reason, for operators; null without a window.</summary>
    public string? ExplanationUrl { get; init; }

    /// <summary>It was revoked: it is worth nothing any more.</summary>
    [JsonPropertyName("revoked")]
    public bool IsRevoked { get; init; }

    /// <summary>The current trust anchors of the tunnel's clients.</summary>
    public required BundleDocument TrustBundle { get; init; }
}
