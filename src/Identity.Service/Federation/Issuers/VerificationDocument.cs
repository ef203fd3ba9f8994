using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The result of a dry run: what would be fetched, what was fetched, and whether it is acceptable.</summary>
/// <param name="IssuerId">Null for a draft.</param>
/// <param name="Accepted">Whether there is a usable key set.</param>
/// <param name="AddedKeyIds">Compared with the keys in use; null if there are none.</param>
/// <param name="ReplacedKeyIds">Other keys under the same name.</param>
/// <param name="FreshForSeconds">How long the set would be fresh; null if nothing was fetched.</param>
internal sealed record VerificationDocument(
    string? IssuerId,
    bool Accepted,
    string? ErrorCode,
    string? Message,
    string KeySource,
    IReadOnlyList<VerifiedFetchDocument> Fetches,
    IReadOnlyList<VerifiedKeyDocument> Keys,
    [property: JsonPropertyName("added_kids")] IReadOnlyList<string>? AddedKeyIds,
    [property: JsonPropertyName("removed_kids")] IReadOnlyList<string>? RemovedKeyIds,
    [property: JsonPropertyName("replaced_kids")] IReadOnlyList<string>? ReplacedKeyIds,
    int? FreshForSeconds
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "federation_issuer_verification";
}
