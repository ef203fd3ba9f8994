using System.Text.RegularExpressions;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>GitHub writes <c>:</c> in the name of an environment as <c>%3A</c>.</summary>
internal sealed partial class PercentEncodedHint : IHint
{
    public string Code => "percent_encoded";

    public string? Find(HintFacts facts) =>
        facts.Trace.FailedConditions.FirstOrDefault(c => c.Got is { } got && Encoded().IsMatch(got)) is { } condition
            ? $"The token's {condition.Claim} is '{condition.Got}': the platform percent-encodes such characters, so the rule "
                + "must be written in the encoded form."
            : null;

    [GeneratedRegex("%[0-9A-Fa-f]{2}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Encoded();
}
