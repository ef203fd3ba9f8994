namespace Culvert.Ca.Linting;

/// <summary>A rule for certificates that we issue, applied to the parsed twin, not to the code that wrote it.</summary>
internal interface ICertificateLint
{
    /// <summary>Stable name, used in audit and in <c>lint.failed</c>.</summary>
    string Name { get; }

    string Clause { get; }

    bool Holds(LintSubject subject);
}
