namespace Culvert.Ca.Linting;

/// <summary>One rule on certificates that we issue. It reads the encoded twin and trusts no code that wrote it.</summary>
internal interface ICertificateLint
{
    /// <summary>Stable name, as it appears in audit and in <c>lint.failed</c>.</summary>
    string Name { get; }

    /// <summary>The clause that the rule enforces.</summary>
    string Clause { get; }

    /// <summary>True when the rule holds.</summary>
    bool Holds(LintSubject subject);
}
