using System.Text;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// The only <c>aud</c> of an identity assertion is the authorization server that was asked, whatever a rule requires: one
/// for several servers could be used by each of them at the others.
/// </summary>
internal sealed class AudienceIsServer() : ImmediateCheck(AssertionSteps.Audience)
{
    public override void Describe(AssertionContext context, TraceStep step) =>
        step.Got = ClaimText.Read(context.Claims, "aud");

    protected override Denial? Check(AssertionContext context)
    {
        if (!context.Claims.TryFind("aud"u8, out var audience))
        {
            return new Denial(DenialReason.AudienceInvalid, "absent");
        }

        return audience.FindInStringList(Encoding.UTF8.GetBytes(context.Request.Server!), maxElements: 1) switch
        {
            StringListMatch.Found => null,
            StringListMatch.NotFound => new Denial(
                DenialReason.AudienceMismatch,
                audience.ReadString() is { } actual ? UntrustedText.Bounded(actual) : null,
                "aud"
            ),
            _ => new Denial(
                audience.Kind == ClaimKind.Array ? DenialReason.AudienceMultiple : DenialReason.AudienceInvalid,
                Claim: "aud"
            ),
        };
    }
}
