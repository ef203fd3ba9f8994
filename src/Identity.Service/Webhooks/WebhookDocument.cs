using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Webhooks;

internal sealed record WebhookDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "webhook";

    [JsonPropertyName("url")]
    public required string Url { get; init; }

    [JsonPropertyName("allowed_targets")]
    public required IReadOnlyList<string> AllowedTargets { get; init; }

    /// <summary>Whether the receiver's signed messages may approve and reject calls.</summary>
    [JsonPropertyName("can_decide")]
    public required bool CanDecide { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("archived_at")]
    public required DateTime? ArchivedAt { get; init; }

    /// <summary>Only in the answer that creates it.</summary>
    [JsonPropertyName("secret")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    public static WebhookDocument Of(Webhook webhook, string? secret = null) =>
        new()
        {
            Id = webhook.Id.Value,
            Url = webhook.Url,
            AllowedTargets = webhook.AllowedTargets,
            CanDecide = webhook.CanDecide,
            CreatedAt = webhook.CreatedAt.UtcDateTime,
            ArchivedAt = webhook.ArchivedAt?.UtcDateTime,
            Secret = secret,
        };
}
