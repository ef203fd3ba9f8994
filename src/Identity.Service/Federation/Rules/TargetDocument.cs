using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>A rule's <c>target</c> on the wire.</summary>
internal sealed record TargetDocument
{
    public const string ServiceAccountType = "service_account";

    [JsonPropertyName("type")]
    public string Type { get; init; } = ServiceAccountType;

    [JsonPropertyName("service_account_id")]
    public required string ServiceAccountId { get; init; }

    /// <summary>Only read: what a caller sends is ignored, as it comes back from every answer of ours.</summary>
    [JsonPropertyName("service_account_name")]
    public string? ServiceAccountName { get; init; }
}
