using System.Text.Json.Serialization;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Webhooks;

internal sealed record DeliveryDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Event,
    string State,
    int Attempts,
    DateTime? NextAttempt,
    string? LastError,
    DateTime CreatedAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "webhook_delivery";

    public static DeliveryDocument From(WebhookDelivery delivery) =>
        new(
            Id: delivery.Id,
            Event: delivery.Event,
            State: delivery.State,
            Attempts: (int)delivery.Attempts,
            NextAttempt: delivery.State == WebhookDelivery.Pending
                ? Instants.FromStore(delivery.NextAttemptMs).UtcDateTime
                : null,
            LastError: delivery.LastError,
            CreatedAt: Instants.FromStore(delivery.CreatedAtMs).UtcDateTime
        );
}
