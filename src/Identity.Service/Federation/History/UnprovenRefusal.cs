namespace Culvert.Identity.Service.Federation.History;

/// <summary>A denial before the signature was proved: everything in it but the reason is the caller's word.</summary>
internal sealed record UnprovenRefusal
{
    public required string RequestId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string OrganizationId { get; init; }

    public required string RuleId { get; init; }

    public required string IssuerId { get; init; }

    public required string Reason { get; init; }

    public string? Detail { get; init; }

    /// <summary>The address that the request came from.</summary>
    public required string Source { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>More than one: so many alike within a minute, not recorded one by one.</summary>
    public long Refusals { get; init; } = 1;
}
