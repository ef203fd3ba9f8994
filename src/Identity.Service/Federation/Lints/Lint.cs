namespace Culvert.Identity.Service.Federation.Lints;

/// <param name="Id"><c>L01</c> to <c>L20</c>: stable, never reused.</param>
/// <param name="Message">The danger, and what to write instead.</param>
internal sealed record Lint(string Id, LintSeverity Severity, string Message)
{
    public static Lint Error(string id, string message) => new(id, LintSeverity.Error, message);

    public static Lint Warning(string id, string message) => new(id, LintSeverity.Warning, message);
}
