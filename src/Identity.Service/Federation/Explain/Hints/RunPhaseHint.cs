namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>Terraform mints one token per phase; the token of the plan phase must not apply.</summary>
internal sealed class RunPhaseHint : IHint
{
    private const string Claim = "terraform_run_phase";

    public string Code => "run_phase";

    public string? Find(HintFacts facts) =>
        facts.Text(Claim) is { } phase
        && facts.Trace.FailedConditions.Any(c =>
            c.Claim == Claim || (c.Claim == "sub" && c.Got?.Contains(":run_phase:", StringComparison.Ordinal) == true)
        )
            ? $"The token is from the run phase '{phase}'; each phase has its own token, and plans usually have fewer rights than applies."
            : null;
}
