namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>The rule reads groups of the directory, and no user of the directory is linked to the token's subject.</summary>
internal sealed class UnknownPersonHint : IHint
{
    public string Code => "not_in_directory";

    public string? Find(HintFacts facts) =>
        facts.Context.Groups is { HasUser: false } && facts.Trace.FailedConditions.Any(c => c.Operator == "cel")
            ? "The directory has no user whose subject is the token's sub; compare the attribute that the directory is configured "
                + "with (culvert issuer scim show) with sub."
            : null;
}
