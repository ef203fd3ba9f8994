using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Status;

/// <summary>One line of the status on the wire.</summary>
internal sealed record StatusCheckDocument
{
    /// <summary>Stable name of the check.</summary>
    [JsonPropertyName("check")]
    public required string Check { get; init; }

    /// <summary><c>ok</c>, <c>warning</c>, <c>unknown</c> or <c>problem</c>.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>The object of the line; null = the whole check.</summary>
    [JsonPropertyName("subject")]
    public required string? Subject { get; init; }

    /// <summary>One sentence.</summary>
    [JsonPropertyName("summary")]
    public required string Summary { get; init; }

    /// <summary>What to do; empty if nothing is needed.</summary>
    [JsonPropertyName("next")]
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
