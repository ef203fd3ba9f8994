namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>A danger that a rule is checked for.</summary>
internal interface ILintCheck
{
    string Id { get; }

    /// <summary>Null if there is no finding.</summary>
    Lint? Check(LintedRule rule);
}
