namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>A finding on the wire.</summary>
/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
internal sealed record LintDocument(string Id, string Severity, string Message)
{
    public static LintDocument From(Lint lint) =>
        new(Id: lint.Id, Severity: lint.Severity == LintSeverity.Error ? "error" : "warning", Message: lint.Message);
}
