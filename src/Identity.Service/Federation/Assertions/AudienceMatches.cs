using Culvert.Identity.Service.Federation.Explain;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 7523 §3 (3): <c>aud</c>, or one of its elements, is exactly the rule's audience. A rule without one demands
/// this service's public URL; there is no rule that accepts any audience.
/// </summary>
internal sealed class AudienceMatches() : ImmediateCheck(AssertionSteps.Audience)
{
    private const int MaxElements = 8;

    public override void Describe(AssertionContext context, TraceStep step) =>
        step.Add("got", ClaimText.Of(context.Claims, "aud"));

    protected override Denial? Check(AssertionContext context)
    {
        if (!context.Claims.TryFind("aud"u8, out var audience))
        {
            return new Denial(DenialReason.AudienceInvalid, "absent");
        }

        return audience.FindInStringList(context.Rule.Audience, MaxElements) switch
        {
            StringListMatch.Found => null,
            StringListMatch.NotFound => new Denial(
                DenialReason.AudienceMismatch,
                audience.ReadString() is { } actual ? UntrustedText.Bounded(actual) : null
            ),
            _ => new Denial(DenialReason.AudienceInvalid),
        };
    }
}
