using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal sealed record RelyingPartyListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<RelyingPartyDocument> Data { get; init; }

    /// <summary>Always null: a tunnel's relying parties fit on one page.</summary>
    [JsonPropertyName("next_page")]
    public string? NextPage { get; init; }
}
