using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Status;

/// <summary>One line of the status on the wire.</summary>
internal sealed record StatusCheckDocument
{
    /// <summary>Stable name of the check.</summary>
    public required string Check { get; init; }

    /// <summary><c>ok</c>, <c>warning</c>, <c>unknown</c> or <c>problem</c>.</summary>
    public required string State { get; init; }

    /// <summary>The object of the line; null = the whole check.</summary>
    public required string? Subject { get; init; }

    /// <summary>One sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>What to do; empty if nothing is needed.</summary>
    public required string Next { get; init; }

    public static StatusCheckDocument Of(string check, StatusFinding finding) =>
        new()
        {
            Check = check,
            State = WireNames.Of(finding.State),
            Subject = finding.Subject,
            Summary = finding.Summary,
            Next = finding.Next,
        };
}
