namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 7523 §3 (1): <c>iss</c> is the registered issuer byte for byte, without normalization. Precedes the key lookup:
/// a token of another issuer never causes a fetch. A SPIFFE issuer is identified by the trust domain of <c>sub</c>, and
/// its tokens may lack <c>iss</c>.
/// </summary>
internal sealed class IssuerMatches() : ImmediateCheck(AssertionSteps.IssuerLookup)
{
    private const string SpiffeScheme = "spiffe://";

    public override void Describe(AssertionContext context, TraceStep step)
    {
        step.Issuer = context.Rule.Issuer.Id.Value;
        step.Got = ClaimText.Read(context.Claims, "iss");
    }

    protected override Denial? Check(AssertionContext context)
    {
        var registered = context.Rule.Issuer;
        if (!context.Claims.TryFind("iss"u8, out var issuer))
        {
            return registered.TrustDomain is null ? new Denial(DenialReason.IssuerUnknown, "absent") : null;
        }

        if (registered.TrustDomain is not null && registered.Url.StartsWith(SpiffeScheme, StringComparison.Ordinal))
        {
            // The issuer is registered by its trust domain alone: the keys and sub decide, whatever URL its server has.
            return issuer.ReadString() is null ? new Denial(DenialReason.IssuerUnknown, issuer.Kind.ToString()) : null;
        }

        return issuer.StringEquals(context.Rule.IssuerUrl)
            ? null
            : new Denial(
                DenialReason.IssuerUnknown,
                UntrustedText.Bounded(issuer.ReadString() ?? issuer.Kind.ToString())
            );
    }
}
