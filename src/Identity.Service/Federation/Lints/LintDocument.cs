namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>A finding on the wire.</summary>
internal sealed record LintDocument
{
    public required string Id { get; init; }

    /// <summary><c>error</c> or <c>warning</c>.</summary>
    public required string Severity { get; init; }

    public required string Message { get; init; }

    public static LintDocument Of(Lint lint) =>
        new()
        {
            Id = lint.Id,
            Severity = lint.Severity == LintSeverity.Error ? "error" : "warning",
            Message = lint.Message,
        };
}
