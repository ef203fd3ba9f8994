namespace Culvert.Identity.Service.Webhooks;

/// <summary>A message for a webhook: a row of <c>webhook_deliveries</c>.</summary>
internal sealed record WebhookDelivery
{
    /// <summary><c>msg_…</c>: the same at every attempt, so that a receiver detects repetitions.</summary>
    public required string Id { get; init; }

    public required string WebhookId { get; init; }

    public required string Event { get; init; }

    public required byte[] Body { get; init; }

    public string State { get; init; } = Pending;

    public long Attempts { get; init; }

    public required long NextAttemptMs { get; init; }

    public string? LastError { get; init; }

    public required long CreatedAtMs { get; init; }

    public long? DoneAtMs { get; init; }

    public const string Pending = "pending";
    public const string Delivered = "delivered";
    public const string Failed = "failed";
}
