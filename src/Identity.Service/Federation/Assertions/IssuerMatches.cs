using Culvert.Identity.Service.Federation.Explain;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 7523 §3 (1): <c>iss</c> is the registered issuer byte for byte; nothing is normalised, so nothing can be
/// confused. Before the keys: a token of somebody else never makes us fetch.
/// </summary>
internal sealed class IssuerMatches() : ImmediateCheck(AssertionSteps.IssuerLookup)
{
    public override void Describe(AssertionContext context, TraceStep step)
    {
        step.Add("issuer", context.Rule.Issuer.Id.Value);
        step.Add("got", ClaimText.Of(context.Claims, "iss"));
    }

    protected override Denial? Check(AssertionContext context)
    {
        if (!context.Claims.TryFind("iss"u8, out var issuer))
        {
            return new Denial(DenialReason.IssuerUnknown, "absent");
        }

        return issuer.StringEquals(context.Rule.IssuerUrl)
            ? null
            : new Denial(
                DenialReason.IssuerUnknown,
                UntrustedText.Bounded(issuer.ReadString() ?? issuer.Kind.ToString())
            );
    }
}
