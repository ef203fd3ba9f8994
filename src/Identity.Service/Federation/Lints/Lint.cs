namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>A finding.</summary>
/// <param name="Id"><c>L01</c> to <c>L18</c>: stable, never used for something else.</param>
/// <param name="Message">What is dangerous, and what to write instead.</param>
internal sealed record Lint(string Id, LintSeverity Severity, string Message)
{
    public static Lint Error(string id, string message) => new(id, LintSeverity.Error, message);

    public static Lint Warning(string id, string message) => new(id, LintSeverity.Warning, message);
}
