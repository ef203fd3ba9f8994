using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.History;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.Issued;

/// <summary>The record of an access token that has not expired, never the token itself.</summary>
internal sealed record IssuedTokenDocument
{
    /// <summary>Its <c>jti</c>.</summary>
    public required string Id { get; init; }

    public string Type { get; init; } = "access_token";

    /// <summary><c>active</c>, or <c>revoked</c>: refused although it has not expired.</summary>
    public required string Status { get; init; }

    public required string? ServiceAccountId { get; init; }

    [JsonPropertyName("federation_rule_id")]
    public required string RuleId { get; init; }

    [JsonPropertyName("rule_ver")]
    public required int? RuleVersion { get; init; }

    public required string IssuerId { get; init; }

    public required string? Subject { get; init; }

    public required string? WorkspaceId { get; init; }

    public required string? Scope { get; init; }

    public required string? Audience { get; init; }

    public required string? Family { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset IssuedAt { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Of the exchange, for <c>authentication_history</c>.</summary>
    public required string? RequestId { get; init; }

    /// <param name="entry">Of a grant.</param>
    public static IssuedTokenDocument Of(HistoryEntry entry, bool isRevoked) =>
        new()
        {
            Id = entry.TokenId!,
            Status = isRevoked ? "revoked" : "active",
            ServiceAccountId = entry.ServiceAccountId,
            RuleId = entry.RuleId,
            RuleVersion = entry.RuleVersion,
            IssuerId = entry.IssuerId,
            Subject = entry.Subject,
            WorkspaceId = entry.WorkspaceId,
            Scope = entry.Scope,
            Audience = entry.Audience,
            Family = entry.Family,
            IssuedAt = entry.At,
            ExpiresAt = entry.TokenExpiresAt!.Value,
            RequestId = entry.RequestId,
        };
}
