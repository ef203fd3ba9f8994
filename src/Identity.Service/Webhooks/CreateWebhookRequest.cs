using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Webhooks;

internal sealed record CreateWebhookRequest
{
    [JsonPropertyName("url")]
    public required string Url { get; init; }

    /// <summary>Private addresses that it may lead to, each <c>range:port</c>; they count inside the installation's bound.</summary>
    [JsonPropertyName("allowed_targets")]
    public IReadOnlyList<string>? AllowedTargets { get; init; }

    /// <summary>The only roots trusted for the receiver.</summary>
    [JsonPropertyName("ca_certificate_pem")]
    public string? CaCertificatePem { get; init; }

    /// <summary>Whether signed messages of the receiver approve and reject calls; false by default.</summary>
    [JsonPropertyName("can_decide")]
    public bool CanDecide { get; init; }
}
