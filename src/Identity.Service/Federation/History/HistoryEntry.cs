namespace Culvert.Identity.Service.Federation.History;

internal sealed record HistoryEntry
{
    public required string? RequestId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required bool IsGranted { get; init; }

    public string Decision => IsGranted ? "granted" : "denied";

    public string? Reason { get; init; }

    public string? Detail { get; init; }

    public required string RuleId { get; init; }

    public int? RuleVersion { get; init; }

    public required string IssuerId { get; init; }

    public string? ServiceAccountId { get; init; }

    public string? Subject { get; init; }

    public string? AssertionId { get; init; }

    public string? WorkspaceId { get; init; }

    public string? Scope { get; init; }

    public string? TokenId { get; init; }

    /// <summary>Set if the exchange was granted.</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }

    /// <summary>The resource that the issued token is for. Set if the exchange was granted.</summary>
    public string? Audience { get; init; }

    /// <summary>
    /// The id that all tokens derived from the same assertion share. Set if the exchange was granted.
    /// </summary>
    public string? Family { get; init; }

    /// <summary>
    /// The base64url SHA-256 of the subject at the identity provider, as in the issued token. Set if the exchange was
    /// granted.
    /// </summary>
    public string? SubjectHash { get; init; }

    /// <summary>Whether the signature was verified: if not, the rest is the caller's claim.</summary>
    public required bool IsProven { get; init; }

    public string? Source { get; init; }

    public string? UserAgent { get; init; }

    public long Refusals { get; init; } = 1;

    /// <summary>What the rule's version in audit would have decided, as JSON; null if there was none.</summary>
    public string? CandidateJson { get; init; }

    /// <summary>The explanation of a denial as JSON, if one was stored.</summary>
    public string? Trace { get; init; }

    /// <summary>The verified claims as JSON; null if nothing was verified.</summary>
    public string? ClaimsJson { get; init; }
}
