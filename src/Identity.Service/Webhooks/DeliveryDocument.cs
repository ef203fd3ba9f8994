using System.Text.Json.Serialization;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Webhooks;

internal sealed record DeliveryDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "webhook_delivery";

    [JsonPropertyName("event")]
    public required string Event { get; init; }

    [JsonPropertyName("state")]
    public required string State { get; init; }

    [JsonPropertyName("attempts")]
    public required int Attempts { get; init; }

    [JsonPropertyName("next_attempt")]
    public required DateTime? NextAttempt { get; init; }

    [JsonPropertyName("last_error")]
    public required string? LastError { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    public static DeliveryDocument Of(WebhookDelivery delivery) =>
        new()
        {
            Id = delivery.Id,
            Event = delivery.Event,
            State = delivery.State,
            Attempts = (int)delivery.Attempts,
            NextAttempt =
                delivery.State == WebhookDelivery.Pending
                    ? Instants.FromStore(delivery.NextAttemptMs).UtcDateTime
                    : null,
            LastError = delivery.LastError,
            CreatedAt = Instants.FromStore(delivery.CreatedAtMs).UtcDateTime,
        };
}
