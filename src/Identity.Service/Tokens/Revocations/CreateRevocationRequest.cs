using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>A kind and its one member. <c>issued_before</c>, default now, narrows all but token and family.</summary>
internal sealed record CreateRevocationRequest
{
    public const int MaxIdLength = 256;

    public const int MaxSubjectLength = 2048;

    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary><c>token</c>: the <c>jti</c>.</summary>
    [JsonPropertyName("token_id")]
    public string? TokenId { get; init; }

    /// <summary><c>family</c>.</summary>
    [JsonPropertyName("family")]
    public string? Family { get; init; }

    /// <summary><c>rule</c>, <c>rule_version</c>.</summary>
    [JsonPropertyName("rule_id")]
    public string? RuleId { get; init; }

    /// <summary><c>rule_version</c>.</summary>
    [JsonPropertyName("rule_version")]
    public int? RuleVersion { get; init; }

    /// <summary><c>principal</c>: the service account.</summary>
    [JsonPropertyName("service_account_id")]
    public string? ServiceAccountId { get; init; }

    /// <summary><c>issuer</c>, <c>subject</c>.</summary>
    [JsonPropertyName("issuer_id")]
    public string? IssuerId { get; init; }

    /// <summary><c>subject</c>: the assertion's <c>sub</c>, exactly.</summary>
    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    [JsonPropertyName("issued_before")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? IssuedBefore { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}
