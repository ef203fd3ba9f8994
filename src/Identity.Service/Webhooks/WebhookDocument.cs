using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Webhooks;

/// <param name="CanDecide">Whether the receiver's signed messages may approve and reject calls.</param>
/// <param name="Secret">Only in the answer that creates it.</param>
internal sealed record WebhookDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Url,
    IReadOnlyList<string> AllowedTargets,
    bool CanDecide,
    DateTime CreatedAt,
    DateTime? ArchivedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret = null
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "webhook";

    public static WebhookDocument From(Webhook webhook, string? secret = null) =>
        new(
            Id: webhook.Id.Value,
            Url: webhook.Url,
            AllowedTargets: webhook.AllowedTargets,
            CanDecide: webhook.CanDecide,
            CreatedAt: webhook.CreatedAt.UtcDateTime,
            ArchivedAt: webhook.ArchivedAt?.UtcDateTime,
            Secret: secret
        );
}
