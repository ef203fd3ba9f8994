namespace Culvert.Identity.Service.Federation.Lints;

internal enum LintSeverity
{
    /// <summary>The rule is saved; the finding is in the answer and in the audit event.</summary>
    Warning,

    /// <summary>The rule is refused, on every path.</summary>
    Error,
}
