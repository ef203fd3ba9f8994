namespace Culvert.Identity.Service.Webhooks;

/// <summary>A message for a webhook.</summary>
internal sealed record WebhookDelivery
{
    /// <summary><c>msg_…</c>: the same at every attempt, so that a receiver detects repetitions.</summary>
    public required string Id { get; init; }

    public required string WebhookId { get; init; }

    public required string Event { get; init; }

    public required byte[] Body { get; init; }

    public string State { get; init; } = Pending;

    public int Attempts { get; init; }

    public required DateTimeOffset NextAttempt { get; init; }

    public string? LastError { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DoneAt { get; init; }

    public const string Pending = "pending";
    public const string Delivered = "delivered";
    public const string Failed = "failed";
}
