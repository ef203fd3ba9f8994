using System.Text.Json;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>An exchange that was granted or denied.</summary>
[SchemaOnly]
internal sealed record AuthenticationDocument
{
    public required string Type { get; init; }

    public required string RequestId { get; init; }

    public required string At { get; init; }

    /// <summary><c>granted</c> or <c>denied</c>.</summary>
    public required string Decision { get; init; }

    /// <summary>The precise reason of a denial.</summary>
    public required string? Reason { get; init; }

    public required string? Detail { get; init; }

    /// <summary>Whether the signature of the assertion was verified.</summary>
    public required bool Proven { get; init; }

    public required string? FederationRuleId { get; init; }

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
    public JsonElement? Candidate { get; init; }

    /// <summary>The verified claims.</summary>
    public required JsonElement? Claims { get; init; }
}
