using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.History;

internal sealed record HistoryQuery
{
    public required string OrganizationId { get; init; }

    public string? RequestId { get; init; }

    /// <summary>Only granted exchanges, only denied ones, or null = both.</summary>
    public bool? IsGranted { get; init; }

    public string? Reason { get; init; }

    public string? RuleId { get; init; }

    public string? IssuerId { get; init; }

    public string? ServiceAccountId { get; init; }

    /// <summary>The exact subject, or a prefix with a trailing <c>*</c>.</summary>
    public string? Subject { get; init; }

    /// <summary>Inclusive.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? Until { get; init; }

    public bool WantsGrants => IsGranted != false && Reason is null;

    public bool WantsDenials => IsGranted != true;

    public bool Matches(HistoryEntry entry) =>
        (IsGranted is null || entry.IsGranted == IsGranted)
        && (Reason is null || entry.Reason == Reason)
        && (RuleId is null || entry.RuleId == RuleId)
        && (IssuerId is null || entry.IssuerId == IssuerId)
        && (ServiceAccountId is null || entry.ServiceAccountId == ServiceAccountId)
        && (Since is null || entry.At >= Since)
        && (Until is null || entry.At < Until)
        && QueryText.Matches(Subject, entry.Subject);
}
