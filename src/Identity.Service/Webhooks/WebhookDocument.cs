using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Webhooks;

internal sealed record WebhookDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "webhook";

    public required string Url { get; init; }

    public required IReadOnlyList<string> AllowedTargets { get; init; }

    /// <summary>Whether the receiver's signed messages may approve and reject calls.</summary>
    public required bool CanDecide { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime? ArchivedAt { get; init; }

    /// <summary>Only in the answer that creates it.</summary>
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
