using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>An exchange that was granted or denied, for administrators.</summary>
internal sealed record AuthenticationDocument
{
    public required string Type { get; init; }

    public required string? RequestId { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset At { get; init; }

    /// <summary><c>granted</c> or <c>denied</c>.</summary>
    public required string Decision { get; init; }

    /// <summary>The precise reason of a denial.</summary>
    public required string? Reason { get; init; }

    public required string? Detail { get; init; }

    /// <summary>Whether the signature of the assertion was verified.</summary>
    public required bool Proven { get; init; }

    public required string? FederationRuleId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RuleVer { get; init; }

    public required string? IssuerId { get; init; }

    public required string? ServiceAccountId { get; init; }

    public required string? Subject { get; init; }

    public required string? Jti { get; init; }

    public required string? WorkspaceId { get; init; }

    public required string? OauthScope { get; init; }

    public required string? TokenId { get; init; }

    public required string? IpAddress { get; init; }

    public required string? UserAgent { get; init; }

    /// <summary>The number of refusals that this entry summarizes.</summary>
    public required long Count { get; init; }

    /// <summary>The decision of the rule's next version.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RawJson? Candidate { get; init; }

    /// <summary>The verified claims.</summary>
    public required RawJson? Claims { get; init; }

    /// <summary>Every check in the order in which it ran; absent in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Optional<RawJson?> Trace { get; init; }

    public static AuthenticationDocument From(HistoryEntry entry) =>
        new()
        {
            Type = "authentication",
            RequestId = entry.RequestId,
            At = entry.At,
            Decision = entry.Decision,
            Reason = entry.Reason,
            Detail = entry.Detail,
            Proven = entry.IsProven,
            FederationRuleId = entry.RuleId,
            RuleVer = entry.RuleVersion,
            IssuerId = entry.IssuerId,
            ServiceAccountId = entry.ServiceAccountId,
            Subject = entry.Subject,
            Jti = entry.AssertionId,
            WorkspaceId = entry.WorkspaceId,
            OauthScope = entry.Scope,
            TokenId = entry.TokenId,
            IpAddress = entry.Source,
            UserAgent = entry.UserAgent,
            Count = entry.Refusals,
            Candidate = RawJson.Create(entry.CandidateJson),
            Claims = RawJson.Create(entry.ClaimsJson),
        };
}
