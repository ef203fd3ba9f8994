namespace Culvert.Identity.Service.Federation.History;

/// <summary>
/// A recorded denial. Before the signature was verified, everything in it except the reason is the caller's claim; a
/// proven denial also has a chain entry, which contains the claims. Its properties are columns of the table.
/// </summary>
internal record RecordedDenial
{
    public required string RequestId { get; init; }

    public required long AtMs { get; init; }

    public required string OrganizationId { get; init; }

    public required string RuleId { get; init; }

    public long? RuleVersion { get; init; }

    public required string IssuerId { get; init; }

    public string? ServiceAccountId { get; init; }

    public required string Reason { get; init; }

    public string? Detail { get; init; }

    public required string Source { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>1 if the signature was verified, otherwise 0.</summary>
    public long Proven { get; init; }

    /// <summary>Only of proven denials.</summary>
    public string? Subject { get; init; }

    /// <summary>The explanation, JSON; null if there were too many denials to store it.</summary>
    public string? Trace { get; init; }

    /// <summary>If more than one: the number of equal refusals within a minute, which have no rows of their own.</summary>
    public long Refusals { get; init; } = 1;
}
