using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Webhooks;

internal sealed record DeliveryListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<DeliveryDocument> Data { get; init; }

    /// <summary>The newest hundred are all there is to see.</summary>
    [JsonPropertyName("next_page")]
    public string? NextPage { get; }
}
