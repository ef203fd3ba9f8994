namespace Culvert.Identity.Service.Federation.Lints;

internal interface ILintCheck
{
    string Id { get; }

    /// <summary>Null if there is no finding.</summary>
    Lint? Check(LintedRule rule);
}
