using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Webhooks;

internal sealed record CreateWebhookRequest
{
    [JsonPropertyName("url")]
    public required string Url { get; init; }

    /// <summary>
    /// Private addresses that the URL may resolve to, each <c>range:port</c>, within the installation's limit.
    /// </summary>
    [JsonPropertyName("allowed_targets")]
    public IReadOnlyList<string>? AllowedTargets { get; init; }

    /// <summary>The only roots trusted for the receiver.</summary>
    [JsonPropertyName("ca_certificate_pem")]
    public string? CaCertificatePem { get; init; }

    /// <summary>Whether the receiver's signed messages may approve and reject calls; default false.</summary>
    [JsonPropertyName("can_decide")]
    public bool CanDecide { get; init; }
}
