using System.Text.Json;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>
/// An exchange with its explanation. The service account of the exchange sees only the required members and the values of
/// its own token.
/// </summary>
[SchemaOnly]
internal sealed record ExplainedAuthenticationDocument
{
    public required string Type { get; init; }

    public required string RequestId { get; init; }

    /// <summary><c>granted</c> or <c>denied</c>.</summary>
    public required string Decision { get; init; }

    public required string? Reason { get; init; }

    public string? At { get; init; }

    public string? Detail { get; init; }

    public bool? Proven { get; init; }

    public bool? Retryable { get; init; }

    public string? FederationRuleId { get; init; }

    public int? RuleVer { get; init; }

    public string? IssuerId { get; init; }

    public string? ServiceAccountId { get; init; }

    public string? Subject { get; init; }

    public string? Jti { get; init; }

    public string? WorkspaceId { get; init; }

    public string? OauthScope { get; init; }

    public string? TokenId { get; init; }

    public string? IpAddress { get; init; }

    public string? UserAgent { get; init; }

    public long? Count { get; init; }

    public long? ClockDeltaS { get; init; }

    public string? Hint { get; init; }

    /// <summary>The conditions that failed, with the values of the token.</summary>
    public JsonElement? Failed { get; init; }

    public JsonElement? Candidate { get; init; }

    public JsonElement? Claims { get; init; }

    /// <summary>Every check in the order in which it ran.</summary>
    public JsonElement? Trace { get; init; }
}
