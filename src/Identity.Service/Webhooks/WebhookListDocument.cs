using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Webhooks;

internal sealed record WebhookListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<WebhookDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
