using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.History;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.Issued;

/// <summary>The record of an access token that has not expired, never the token itself.</summary>
/// <param name="Id">The token's <c>jti</c>.</param>
/// <param name="Status"><c>active</c>, or <c>revoked</c>: refused although it has not expired.</param>
/// <param name="RequestId">The id of the exchange request, by which <c>authentication_history</c> finds it.</param>
internal sealed record IssuedTokenDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Status,
    string? ServiceAccountId,
    [property: JsonPropertyName("federation_rule_id")] string RuleId,
    [property: JsonPropertyName("rule_ver")] int? RuleVersion,
    string IssuerId,
    string? Subject,
    string? WorkspaceId,
    string? Scope,
    string? Audience,
    string? Family,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset IssuedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset ExpiresAt,
    string? RequestId
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "access_token";

    /// <param name="entry">The history entry of the exchange that issued the token.</param>
    public static IssuedTokenDocument From(HistoryEntry entry, bool isRevoked) =>
        new(
            Id: entry.TokenId!,
            Status: isRevoked ? "revoked" : "active",
            ServiceAccountId: entry.ServiceAccountId,
            RuleId: entry.RuleId,
            RuleVersion: entry.RuleVersion,
            IssuerId: entry.IssuerId,
            Subject: entry.Subject,
            WorkspaceId: entry.WorkspaceId,
            Scope: entry.Scope,
            Audience: entry.Audience,
            Family: entry.Family,
            IssuedAt: entry.At,
            ExpiresAt: entry.TokenExpiresAt!.Value,
            RequestId: entry.RequestId
        );
}
