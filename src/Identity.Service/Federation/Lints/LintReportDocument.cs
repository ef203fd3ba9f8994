using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>The findings for some rules. Rules without findings are omitted.</summary>
internal sealed record LintReportDocument
{
    public string Type { get; init; } = "federation_lint_report";

    public required int Checked { get; init; }

    /// <summary>
    /// Not everything was checked: more rules of one issuer than are compared, or more exchanges than are read, so that
    /// L17 may have missed something.
    /// </summary>
    [JsonPropertyName("truncated")]
    public bool IsTruncated { get; init; }

    /// <summary><c>report</c>, or <c>justify</c>: console and CLI require a written reason.</summary>
    public required string LintWarnings { get; init; }

    public required IReadOnlyList<LintedRuleDocument> Data { get; init; }
}
