using System.Globalization;
using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>The token is not valid yet: one of the two clocks is wrong.</summary>
internal sealed class ClockAheadHint : IHint
{
    public string Code => "clock_ahead";

    public string? Find(HintFacts facts)
    {
        if (facts.Reason is not (DenialReason.NotYetValid or DenialReason.IssuedInFuture))
        {
            return null;
        }

        var claim = facts.Reason == DenialReason.NotYetValid ? "nbf" : "iat";
        return facts.Seconds(claim) is { } begins
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The token's {claim} is {begins - facts.Now} s ahead of this service's clock: check the clock of the runner or of the identity provider, then the service's clock."
            )
            : null;
    }
}
