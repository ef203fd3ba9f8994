namespace Culvert.Identity.Service.Federation.History;

/// <summary>
/// A denial as it can be found later. Before the signature was proved, everything in it but the reason is the caller's
/// claim; a proven one also has a chain entry, which holds the claims.
/// </summary>
internal sealed record RecordedDenial
{
    public required string RequestId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string OrganizationId { get; init; }

    public required string RuleId { get; init; }

    public int? RuleVersion { get; init; }

    public required string IssuerId { get; init; }

    public string? ServiceAccountId { get; init; }

    public required string Reason { get; init; }

    public string? Detail { get; init; }

    /// <summary>The address that the request came from.</summary>
    public required string Source { get; init; }

    public string? UserAgent { get; init; }

    public bool IsProven { get; init; }

    /// <summary>Only of proven ones.</summary>
    public string? Subject { get; init; }

    /// <summary>The explanation, JSON; null where there were too many to keep one each.</summary>
    public string? Trace { get; init; }

    /// <summary>More than one: so many alike within a minute, not recorded one by one.</summary>
    public long Refusals { get; init; } = 1;
}
