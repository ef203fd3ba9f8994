using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Webhooks;

internal sealed record DeliveryDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "webhook_delivery";

    public required string Event { get; init; }

    public required string State { get; init; }

    public required int Attempts { get; init; }

    public required DateTime? NextAttempt { get; init; }

    public required string? LastError { get; init; }

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
