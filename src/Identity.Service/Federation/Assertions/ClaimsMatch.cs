using System.Text;
using Culvert.Identity.Service.Federation.Explain;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// Each of the rule's claims is present as a string of exactly that value: no conversion between types, and absence
/// never matches.
/// </summary>
internal sealed class ClaimsMatch() : ImmediateCheck(AssertionSteps.Rule)
{
    public override void Describe(AssertionContext context, TraceStep step)
    {
        foreach (var (name, value) in context.Rule.Rule.Match.Claims)
        {
            var holds =
                context.Claims.TryFind(Encoding.UTF8.GetBytes(name), out var claim)
                && claim.StringEquals(Encoding.UTF8.GetBytes(value));
            step.Add(new TraceCondition(name, "eq", value, ClaimText.Of(context.Claims, name), holds));
        }
    }

    protected override Denial? Check(AssertionContext context)
    {
        foreach (var (name, value) in context.Rule.Claims)
        {
            var isThere = context.Claims.TryFind(name, out var claim);
            if (!isThere || !claim.StringEquals(value))
            {
                var text = Encoding.UTF8.GetString(name);
                return new Denial(isThere ? DenialReason.ClaimMismatch : DenialReason.ClaimMissing, text, text);
            }
        }

        return null;
    }
}
