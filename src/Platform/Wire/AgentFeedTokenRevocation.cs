using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Revokes tokens of a rule, account, issuer, subject or the organization that were issued up to a time.</summary>
public sealed record AgentFeedTokenRevocation
{
    /// <summary>
    /// <c>rule</c>, <c>rule_version</c>, <c>principal</c>, <c>issuer</c>, <c>subject</c>, <c>issued_before</c>.
    /// </summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>An id, <c>rule:version</c> or <c>issuer:hash</c>; empty for the organization.</summary>
    [JsonPropertyName("value")]
    public required string Value { get; init; }

    /// <summary>Seconds since 1970: tokens whose <c>iat</c> is not later are refused.</summary>
    [JsonPropertyName("issued_before")]
    public required long IssuedBefore { get; init; }
}
