namespace Culvert.Identity.Service.Federation.Lints;

/// <summary>One danger that a rule is checked for.</summary>
internal interface ILintCheck
{
    string Id { get; }

    /// <summary>Null = nothing to say.</summary>
    Lint? Check(LintedRule rule);
}
