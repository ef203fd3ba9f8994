using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>A kind and its one member. <c>issued_before</c>, default now, narrows all but token and family.</summary>
internal sealed record CreateRevocationRequest
{
    public const int MaxIdLength = 256;

    public const int MaxSubjectLength = 2048;

    public required string Kind { get; init; }

    /// <summary><c>token</c>: the <c>jti</c>.</summary>
    public string? TokenId { get; init; }

    /// <summary><c>family</c>.</summary>
    public string? Family { get; init; }

    /// <summary><c>rule</c>, <c>rule_version</c>.</summary>
    public string? RuleId { get; init; }

    /// <summary><c>rule_version</c>.</summary>
    public int? RuleVersion { get; init; }

    /// <summary><c>principal</c>: the service account.</summary>
    public string? ServiceAccountId { get; init; }

    /// <summary><c>issuer</c>, <c>subject</c>.</summary>
    public string? IssuerId { get; init; }

    /// <summary><c>subject</c>: the assertion's <c>sub</c>, exactly.</summary>
    public string? Subject { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public DateTimeOffset? IssuedBefore { get; init; }

    public string? Reason { get; init; }
}
