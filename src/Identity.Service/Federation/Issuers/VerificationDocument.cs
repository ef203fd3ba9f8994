using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The result of a dry run: what would be fetched, what was fetched, and whether it is acceptable.</summary>
internal sealed record VerificationDocument
{
    public string Type { get; init; } = "federation_issuer_verification";

    /// <summary>Null for a draft.</summary>
    public required string? IssuerId { get; init; }

    /// <summary>Whether there is a usable key set.</summary>
    public required bool Accepted { get; init; }

    public required string? ErrorCode { get; init; }

    public required string? Message { get; init; }

    public required string KeySource { get; init; }

    public required IReadOnlyList<VerifiedFetchDocument> Fetches { get; init; }

    public required IReadOnlyList<VerifiedKeyDocument> Keys { get; init; }

    /// <summary>Compared with the keys in use; null if there are none.</summary>
    [JsonPropertyName("added_kids")]
    public required IReadOnlyList<string>? AddedKeyIds { get; init; }

    [JsonPropertyName("removed_kids")]
    public required IReadOnlyList<string>? RemovedKeyIds { get; init; }

    /// <summary>Other keys under the same name.</summary>
    [JsonPropertyName("replaced_kids")]
    public required IReadOnlyList<string>? ReplacedKeyIds { get; init; }

    /// <summary>How long the set would be fresh; null if nothing was fetched.</summary>
    public required int? FreshForSeconds { get; init; }
}
