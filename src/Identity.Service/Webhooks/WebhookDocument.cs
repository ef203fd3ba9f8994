using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Webhooks;

/// <param name="CanDecide">Whether the receiver's signed messages may approve and reject calls.</param>
/// <param name="Format"><c>standard</c> or <c>security_event_token</c>.</param>
/// <param name="Audience">The <c>aud</c> of its security event tokens; null for the other format.</param>
/// <param name="Secret">Only in the answer that creates it.</param>
internal sealed record WebhookDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Url,
    IReadOnlyList<string> AllowedTargets,
    bool CanDecide,
    string Format,
    string? Audience,
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
            Format: WireNames.Get(webhook.Format),
            Audience: webhook.Audience,
            CreatedAt: webhook.CreatedAt.UtcDateTime,
            ArchivedAt: webhook.ArchivedAt?.UtcDateTime,
            Secret: secret
        );
}
