using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>A finding on the wire.</summary>
internal sealed record LintDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>error</c> or <c>warning</c>.</summary>
    [JsonPropertyName("severity")]
    public required string Severity { get; init; }

    [JsonPropertyName("message")]
    public required string Message { get; init; }

    public static LintDocument Of(Lint lint) =>
        new()
        {
            Id = lint.Id,
            Severity = lint.Severity == LintSeverity.Error ? "error" : "warning",
            Message = lint.Message,
        };
}
